"""Deployment ``watch-feeds`` (scheduled): what feeds, sitemaps and URL lists announce since the last run, as records.

A run that finds something publishes it in a dated folder of its own (docs/decisions/0004); pages are kept there
as fetched, so that a record can be made again and checked. Networks that are not public are the operator's to
allow (COLOPHON_ALLOWED_NETWORKS), not the form's.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from colophon.reading import input_references
from colophon.reading.editions import Edition, Editions
from colophon.reading.visiting import Sources, Visit, capture
from colophon.settings import FetchingSettings, Settings
from colophon.showing import isolated
from colophon.writing import Counts
from flows import forms
from flows.publishing import report, translate, verdict

Feeds = Annotated[list[str], forms.field("Feeds", "Addresses of RSS or Atom feeds")]
Sitemaps = Annotated[list[str], forms.field("Sitemaps", "Addresses of sitemaps, or of their index")]
UrlLists = Annotated[
    list[str],
    forms.field("URL lists", "Addresses or files with a page a line; a changed page is new again"),
]
Out = Annotated[str, forms.field("Output folder", "Gets a dated folder for each run that finds something")]
Operator = Annotated[
    str,
    forms.field("Operator", "How site owners reach you: an address or a page; empty: COLOPHON_OPERATOR of the worker"),
]
MostPages = Annotated[int, forms.field("Most pages a run", "The rest is left for the next run", ge=1, le=100_000)]
MostEntries = Annotated[int, forms.field("Most entries a source", "How far a feed or sitemap is read", ge=1, le=50_000)]
CrawlDelay = Annotated[float, forms.field("Crawl delay", "Seconds between two questions to one host", ge=0, le=60)]
FailedShare = Annotated[
    float,
    forms.field("Largest share of failing sources", "Above it the run is Failed", ge=0, le=1),
]


@flow(name="watch-feeds", persist_result=False)
def watch_feeds(
    out: Out,
    feeds: Feeds = [],  # noqa: B006 - Prefect shows it in the form; nothing changes it
    sitemaps: Sitemaps = [],  # noqa: B006
    url_lists: UrlLists = [],  # noqa: B006
    operator: Operator = "",
    engine: forms.Engine = "ctranslate2",
    policy: forms.Policy = "quote",
    basis: forms.Basis = "",
    most_pages: MostPages = 1000,
    most_entries: MostEntries = 5000,
    crawl_delay: CrawlDelay = 1.0,
    batch_documents: forms.BatchDocuments = 64,
    largest_rejected_share: forms.RejectedShare = 1.0,
    largest_failing_share: FailedShare = 0.5,
) -> State[None]:
    """Fetch what is new, find and translate what is not English, and publish it as one dated folder."""
    sources = Sources(tuple(feeds), tuple(sitemaps), tuple(url_lists))
    fetching = fetching_of(operator, most_entries, crawl_delay)
    settings = forms.settings_of(engine, policy, basis, batch_documents)
    with Editions(Path(out)) as editions:
        for left in editions.unremembered():
            get_run_logger().info("going on with %s, which an earlier run left", left.name)
            finish(editions, left, settings)
        edition = editions.current(datetime.now(UTC))
        visits = capture(sources, edition, editions.state, fetching, most=most_pages)
        counts = finish(editions, edition, settings) if edition.planned else None
    create_table_artifact(key="visits", table=[row(visit) for visit in visits], description="Sources visited")
    failing = sum(visit.failure is not None for visit in visits)
    if failing > largest_failing_share * len(visits):
        return Failed(message=f"{failing} of {len(visits)} sources failed; see the artifact visits")
    if counts is None:
        return Completed(message=f"nothing new from {len(visits)} sources, {failing} of them failing")
    return verdict(counts, largest_rejected_share)


def fetching_of(operator: str, most_entries: int, crawl_delay: float) -> FetchingSettings:
    """Return how sources are asked; who asks, and which networks beside the public one, may be the worker's to say."""
    return FetchingSettings(
        operator=operator or os.environ.get("COLOPHON_OPERATOR"),
        allowed_networks=tuple(os.environ.get("COLOPHON_ALLOWED_NETWORKS", "").split()),
        most_entries=most_entries,
        crawl_delay=crawl_delay,
    )


def finish(editions: Editions, edition: Edition, settings: Settings) -> Counts:
    """Publish what an edition captured, unless an earlier run did; announce it, and remember it only then."""
    if not edition.published:
        translate(lambda: input_references([str(edition.captures)], settings.reading), edition.folder, settings)
    counts = report(edition.folder)
    editions.remember(edition, edition.memory)
    return counts


def row(visit: Visit) -> dict[str, str | int]:
    """Return a visit as a row of the artifact."""
    failure = "" if visit.failure is None else f"{visit.failure.reason}: {visit.failure.detail}"
    return {
        "source": isolated(visit.source),
        "announced": visit.announced,
        "new": visit.captured,
        "known": visit.known,
        "refused": visit.refused,
        "left for later": visit.left,
        "failure": isolated(failure) if failure else "",
    }
