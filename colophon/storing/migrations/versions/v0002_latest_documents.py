"""The view that most readers want: of each input the record of the newest run that has it."""

from alembic import op

revision = "0002"
down_revision = "0001"

_VIEW = """
CREATE VIEW latest_documents AS
SELECT documents.*
FROM documents
JOIN (
    SELECT id, row_number() OVER (PARTITION BY input_key ORDER BY newest DESC, place DESC) AS age
    FROM (
        SELECT documents.id AS id, documents.input_key AS input_key,
               max(runs.number) AS newest, max(run_documents.position) AS place
        FROM documents
        JOIN run_documents ON run_documents.document_id = documents.id
        JOIN runs ON runs.id = run_documents.run_id
        GROUP BY documents.id, documents.input_key
    ) AS seen
) AS ranked ON ranked.id = documents.id AND ranked.age = 1
"""


def upgrade() -> None:
    """Make the view."""
    op.execute(_VIEW)


def downgrade() -> None:
    """Drop the view."""
    op.execute("DROP VIEW latest_documents")
