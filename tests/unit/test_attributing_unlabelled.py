"""Heads without labels: which line is the author's name and which the date, told from near misses."""

from functools import cache

import pytest

from colophon.attributing import Attributor
from colophon.documents import SourceDocument
from colophon.records import Statement

HEADLINE = "The ferry terminal will be rebuilt before spring, county says"
STORY = (
    "The county will spend fourteen million to replace the terminal that a fire destroyed, and expects the first "
    "ferries to dock there before Easter. Nobody from the lower town was heard at the meeting.\n\n"
    "A temporary pier opens in December, and the bus to the island will run until the day the boats are back again.\n"
)
JAPANESE = (
    "慈雲寺で七日、明治時代に失われた天井画の複製が完成し、檀家ら約八十人を前に公開された。制作には三年をかけた。"
)


@cache
def attributor() -> Attributor:
    return Attributor()


def statements(text: str) -> list[Statement]:
    return list(attributor().attribute(SourceDocument.of_text(text)).statements)


def told(text: str, kind: str) -> list[str]:
    return [s.text or "" for s in statements(text) if s.kind == kind]


@pytest.mark.parametrize(
    ("head", "bylines", "published"),
    [
        ("Marta Lindqvist\n4 May 2025", ["Marta Lindqvist"], ["4 May 2025"]),
        ("4 May 2025 – Marta Lindqvist", ["Marta Lindqvist"], ["4 May 2025"]),
        ("Politik | 31. Januar 2024 | Fiona MacAskill | Lesezeit: 5 Min.", ["Fiona MacAskill"], ["31. Januar 2024"]),
        ("Juliana Portela – Repórter da Agência Ribeirinha – Belém\n09/12/2024", ["Juliana Portela"], ["09/12/2024"]),
        ("Рето Ауфденблаттен (Reto Aufdenblatten)\n05.05.2025 12:10", ["Рето Ауфденблаттен"], ["05.05.2025"]),
        ("Wanjiru Kamande, The Savannah Post, Kenya\n6 settembre 2024", ["Wanjiru Kamande"], ["6 settembre 2024"]),
        ("Thandiwe Mokoena", ["Thandiwe Mokoena"], []),
        ("עמית בן דוד | 3 בנובמבר 2024", ["עמית בן דוד"], ["3 בנובמבר 2024"]),
        ("عمّان – 13 أيار/مايو 2025", [], ["13 أيار/مايو 2025"]),
        ("2025年06月10日 07:42  字号:大 中 小", [], ["2025年06月10日"]),
        ("Анна Белова, корреспондент «Известий Вольска»", ["Анна Белова"], []),
        ("12 марта 2026 года, Вольск", [], ["12 марта 2026"]),
        ("12.03.2026 14:05 Анна Белова", ["Анна Белова"], ["12.03.2026"]),
        ("陳語柔／宜蘭報導", ["陳語柔"], []),
        ("2025年1月12日 週日 上午5:30", [], ["2025年1月12日"]),
        # Near misses: sections, places, event dates and subtitles are no names and no dates of publication.
        ("New York | 4 May 2025", [], ["4 May 2025"]),
        ("תל אביב, 17 במרץ 2025", [], ["17 במרץ 2025"]),
        ("Buenos Aires", [], []),
        ("Special Report", [], []),
        ("Local Government", [], []),
        ("How a town lost its boat", [], []),
        ("Rebuilt after the fire of 19 October 2024", [], []),
        ("Read also: Harbour News", [], []),
    ],
)
def test_a_head_without_labels(head: str, bylines: list[str], published: list[str]) -> None:
    text = f"{HEADLINE}\n\n{head}\n\n{STORY}"
    assert (told(text, "byline"), told(text, "published")) == (bylines, published)


def test_an_outlet_after_the_name_is_the_publisher() -> None:
    assert told(f"{HEADLINE}\nWanjiru Kamande, The Savannah Post, Kenya\n6 May 2024\n\n{STORY}", "publisher") == [
        "The Savannah Post"
    ]


@pytest.mark.parametrize(
    ("ending", "bylines"),
    [
        ("(小野寺健)", ["小野寺健"]),
        ("（佐藤 花子）", ["佐藤 花子"]),
        ("(共同通信)", []),
        ("(44)", []),
        ("(写真は村井さん)", []),
    ],
)
def test_japanese_stories_are_signed_at_their_end(ending: str, bylines: list[str]) -> None:
    text = f"消えた天井画、里帰り\n\n{JAPANESE}\n\n{JAPANESE}{ending}\n\n信越新聞"
    assert told(text, "byline") == bylines


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ("作者：珍妮·霍尔布鲁克", "byline", ["珍妮·霍尔布鲁克"]),
        ("作者：林晓 · 编辑：王明", "byline", ["林晓"]),
        ("By Rosalind Tsosie, Public Affairs Specialist", "byline", ["Rosalind Tsosie"]),
        ("By Rosalind Tsosie, Martin Cole and Ann Porter", "byline", ["Rosalind Tsosie", "Martin Cole", "Ann Porter"]),
        ("〔記者陳語柔／宜蘭報導〕", "byline", ["陳語柔"]),
        ("（記者陳語柔攝）", "byline", []),
        ("攝影：比亞尼·索爾／路透社（版權所有）", "photo_credit", ["攝影：比亞尼·索爾／路透社"]),
        ("The shelter's door in Thun. © Keystone / Mara Lund", "photo_credit", ["© Keystone / Mara Lund"]),
        ("© РИА Новости / Пётр Лисин", "photo_credit", ["© РИА Новости / Пётр Лисин"]),
        ("Smoke over the lower port on Monday. (Reuters)", "photo_credit", ["Reuters"]),
        ("（中央社記者陳語柔宜蘭12日電）", "byline", ["陳語柔"]),
        (
            "水井的照片由一名退休教师提供，拍摄于2025年春天，照片里的人都已经不在村里住了，只有那口井还在老地方。",
            "photo_credit",
            [],
        ),
        ("Фото: пресс-служба районной больницы", "photo_credit", ["Фото: пресс-служба районной больницы"]),
        ("The rules of © are old / and dull.", "photo_credit", []),
        # Other scripts part and join names otherwise.
        ("إعداد: سامي حداد، ليلى منصور", "byline", ["سامي حداد", "ليلى منصور"]),
        ("بقلم: سامي حداد وليلى منصور", "byline", ["سامي حداد", "ليلى منصور"]),
        ("بقلم: وليد حداد", "byline", ["وليد حداد"]),
        ("מאת דניאל הארגרוב ורות קלמנסון", "byline", ["דניאל הארגרוב", "רות קלמנסון"]),
        ("نویسنده: سارا لیندکویست / مترجم: بهرام توکلی", "byline", ["سارا لیندکویست"]),
        ("翻訳：三宅はるか", "translator", ["三宅はるか"]),
        ("取材・文：小野寺健　撮影：田中葵", "byline", ["小野寺健"]),
        ("小野寺健記者", "byline", ["小野寺健"]),
        ("박서연·이도현 기자", "byline", ["박서연", "이도현"]),
        ("남도일보 박서연 기자", "byline", ["박서연"]),
        ("신안=박서연 기자", "byline", ["박서연"]),
        ("[사진=이도현 기자]", "byline", []),
        ("公開された天井画＝7日、木曽町、田中葵撮影", "photo_credit", ["田中葵撮影"]),
        ("흑여도 등대. 한국관광공사 제공", "photo_credit", ["한국관광공사 제공"]),
        (
            "Yvonne devant sa barque, au port de Trévalan. (Photo Jérôme Lantier)",
            "photo_credit",
            ["Photo Jérôme Lantier"],
        ),
        ("Yvonne devant sa barque. (Photo prise en mai)", "photo_credit", []),
        ("2023/06/07 14:20（2023/06/08 08:05 更新）", "published", ["2023/06/07"]),
        ("14.09.2022, 07:15 (aktualizacja: 15.09.2022, 12:00)", "published", ["14.09.2022"]),
        ("15 رمضان 1446 هـ الموافق 15 مارس 2025", "published", ["15 مارس 2025"]),
        ("この記事はDeepLで翻訳したものです。", "translator", ["DeepL"]),
        ("This summary was machine-translated with DeepL.", "translator", []),
        # Heads of agencies and of regional papers.
        ("Maud Hallorhan, Kettle Creek Courier · Oct. 14, 2026, 6:12 a.m. · 3 comments", "byline", ["Maud Hallorhan"]),
        ("صيدا - هدى المصري\n١٢ تشرين الأول ٢٠٢٦ - ٠٨:٣٠", "byline", ["هدى المصري"]),
        (
            "18 сентября 2026 — Арина Полежаева — фото: Глеб Сотников — 214 просмотров",
            "photo_credit",
            ["фото: Глеб Сотников"],
        ),
        (f"OSLO, Nov 9, 2026 - {STORY.splitlines()[0]}", "published", ["Nov 9, 2026"]),
        (f"On Nov 9, 2026 - so the papers say - {STORY.splitlines()[0]}", "published", []),
        # Head lines of dailies, a caption that is a sentence.
        ("社会 2022年11月18日 有村沙織", "byline", ["有村沙織"]),
        ("社会 2022年11月18日 有村沙織", "published", ["2022年11月18日"]),
        ("Door Jorrit van Aalst op 11 april 2024 in Groen", "byline", ["Jorrit van Aalst"]),
        ("圖：林萬枝在魚攤旁說故事。", "photo_credit", []),
        ("圖：林萬枝", "photo_credit", ["圖：林萬枝"]),
    ],
)
def test_a_line_under_the_headline_tells(line: str, kind: str, expected: list[str]) -> None:
    assert told(f"{HEADLINE}\n\n{line}\n\n{STORY}", kind) == expected


@pytest.mark.parametrize(
    ("line", "publishers"),
    [
        ("Copyright © 2025 信越日報社 掲載の記事・写真の無断転載を禁じます。", ["信越日報社"]),
        ("本译文版权归格物科技所有，未经授权不得转载。", ["格物科技"]),
        ("版权归作者所有，未经授权不得转载。", []),
        ("凡本网注明“来源：江州日报”的作品，欢迎转载，转载时请注明出处。", ["江州日报"]),
        ("이 기사의 텍스트는 “공공누리 제1유형: 출처표시” 조건에 따라 자유롭게 이용할 수 있습니다.", []),
        ("This article is in the public domain in the United States.", []),
        ("Tags: buses, maps, copyright", []),
        # Names that capitals show, and what capitals show that is none.
        ("(c) 2024 Northgate Features. All rights reserved.", ["Northgate Features"]),
        (
            "This interview first appeared in Mill Lane Matchday and is reprinted with permission.",
            ["Mill Lane Matchday"],
        ),
        (
            "Esta reportagem pode ser republicada, desde que sejam citados a autora e a Agência Beira.",
            ["Agência Beira"],
        ),
        (
            "Publikowanie treści serwisu Nowy Widnokrąg bez pisemnej zgody redakcji jest zabronione.",
            ["Nowy Widnokrąg"],
        ),
        ("저작권자 © 두메뉴스 무단전재 및 재배포 금지", ["두메뉴스"]),
        # What capitals show here is no outlet: the notice itself, an office, a licence, German nouns.
        ("Unauthorized Reproduction Prohibited. No part of this article may be copied.", []),
        ("No part of this article may be reproduced without permission of the Editorial Board.", []),
        ("This text is published under a Creative Commons Attribution 4.0 licence.", []),
        ("Nachdruck und Online-Veröffentlichung nur mit schriftlicher Genehmigung der Redaktion.", []),
        ("© RIPRODUZIONE RISERVATA", []),
        # The name alone, without the word for a paper.
        ("Article republié avec l'aimable autorisation du Courrier des Alpages.", ["Courrier des Alpages"]),
        ("© Журнал «Поле», 2026. Все права защищены.", ["Поле"]),
        ("First published in the Ordway Review.", ["Ordway Review"]),
    ],
)
def test_the_outlet_that_a_notice_names(line: str, publishers: list[str]) -> None:
    assert told(f"{HEADLINE}\n\n{STORY}\n{line}", "publisher") == publishers


def test_a_licence_after_the_story_may_be_worded_like_a_report() -> None:
    made = attributor().attribute(
        SourceDocument.of_text(f"{HEADLINE}\n\n{STORY}\n本文以創用CC 姓名標示-非商業性-禁止改作 4.0 國際授權條款釋出。")
    )
    assert made.reproduction.status == "permitted-with-conditions"


def test_who_wrote_the_text_is_not_its_outlet() -> None:
    notice = "This essay may be republished if Marta Lindqvist Olsen is named as its author."
    assert told(f"{HEADLINE}\n\nBy Marta Lindqvist Olsen\n\n{STORY}\n{notice}", "publisher") == []


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Orbegozo saluda al público tras el último tanto. ANE MENDIETA", ["ANE MENDIETA"]),
        ("The ferry leaves the shed. (Omar Haddad/The Valley Ledger)", ["Omar Haddad/The Valley Ledger"]),
        # No credits: a shout, an abbreviation that ends its sentence, an aside with a slash.
        ("The crowd had only one word left for the referee that night: OUT", []),
        ("The ferry leaves the shed on Mondays and/or Fridays (wind/rain permitting)", []),
        ("He has worked for the same company since 1998. It is called ACME.", []),
    ],
)
def test_a_credit_may_end_a_caption_without_a_label(line: str, credit: list[str]) -> None:
    assert told(f"{HEADLINE}\n\n{STORY}\n{line}\n\n{STORY}", "photo_credit") == credit


@pytest.mark.parametrize(
    ("head", "bylines"),
    [
        ("Opinion | Clara Novak", ["Clara Novak"]),
        ("4 June 2025 by Clara Novak", ["Clara Novak"]),
        ("Edited by: Tom Reed", []),
        ("Translated by: Dana Weiss", []),
        ("By Clara Novak for The Valley Ledger", ["Clara Novak"]),
    ],
)
def test_who_wrote_is_told_from_who_helped(head: str, bylines: list[str]) -> None:
    assert told(f"{HEADLINE}\n\n{head}\n\n{STORY}", "byline") == bylines


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        (
            "Ellen Marsh | Harrow Vale Courier | 14 October 2025, 6:10 p.m. (updated 15 October 2025)",
            "byline",
            ["Ellen Marsh"],
        ),
        ("Zeynep Karaca / ESKİŞEHİR", "byline", ["Zeynep Karaca"]),
        ("本报记者 陆小曼　实习生 何远", "byline", ["陆小曼", "何远"]),
        (
            "Volunteers at the weir. Photo: Ruth Amadi (picture available under CC BY-NC 2.0)",
            "photo_credit",
            ["Photo: Ruth Amadi"],
        ),
        ("Photo: Omar Haddad (CC BY 2.0)", "photo_credit", ["Photo: Omar Haddad (CC BY 2.0"]),
        ("Photo: Omar Haddad (Reuters)", "photo_credit", ["Photo: Omar Haddad (Reuters"]),
        ("Strażacy wyciągają dzwon na brzeg, fot. Rafał Nowicki", "photo_credit", ["fot. Rafał Nowicki"]),
    ],
)
def test_lines_that_tell_several_things(line: str, kind: str, expected: list[str]) -> None:
    found = [value.rstrip(")") for value in told(f"{HEADLINE}\n\n{line}\n\n{STORY}", kind)]
    assert found == expected


@pytest.mark.parametrize(
    ("ending", "bylines"),
    [
        ("— Clara Novak", ["Clara Novak"]),
        ("Lê Hoài An", ["Lê Hoài An"]),
        ("Editor: Tom Reed", []),
        ("Related Articles", []),
        ("Herausgeber: Stadt Talheim, Pressestelle", []),
    ],
)
def test_a_name_may_sign_the_story(ending: str, bylines: list[str]) -> None:
    assert told(f"{HEADLINE}\n\n{STORY}\n{ending}\n\n© 2025 The Valley Ledger", "byline") == bylines


def test_single_quotation_marks_quote_and_apostrophes_do_not() -> None:
    quoted = "On his door hung a sign: ‘No part of this house may be reproduced’. He meant his socks."
    own = "Readers' texts on this site may not be reproduced without the editors' permission."
    statuses = [
        attributor().attribute(SourceDocument.of_text(f"{HEADLINE}\n\n{STORY}\n{line}")).reproduction.status
        for line in (quoted, own)
    ]
    assert statuses == ["unknown", "prohibited"]


def test_a_language_without_rules_still_tells_its_head_and_its_sign() -> None:
    story = (
        "Kylän vanha kaivo täyttyi viime viikolla vedestä ensimmäistä kertaa kolmeenkymmeneen vuoteen. Asukkaat "
        "juhlivat torilla, ja kunnanjohtaja lupasi korjata pumpun kesään mennessä."
    )
    tail = "© Kuhmon Sanomat 2026. Ĉiuj rajtoj estas rezervitaj. Ne kopiu sen, mi petas."
    text = f"Kuivunut kaivo palasi eloon Kuhmossa\n\nAino Lehtonen\n12.3.2026 klo 8.15\n\n{story}\n\n{tail}"
    assert told(text, "byline") == ["Aino Lehtonen"]
    assert told(text, "published") == ["12.3.2026"]
    assert told(text, "publisher") == ["Kuhmon Sanomat"]
    assert attributor().attribute(SourceDocument.of_text(text)).reproduction.status == "reserved"


def test_a_translator_within_a_paragraph_is_a_books() -> None:
    told_of = (
        "영국 작가 로빈 하트는 『길의 끝』(김도현 옮김)에서 버스는 움직이는 광장이라고 썼다. "
        "나는 이 문장을 방청석에서 떠올렸다."
    )
    assert told(f"{HEADLINE}\n\n{STORY}\n{told_of}\n\n{STORY}", "translator") == []


@pytest.mark.parametrize("address", ["https://market.： …", "https://[press", "http://a]b/c", "https://‥/x"])
def test_a_malformed_address_of_the_original_is_no_error(address: str) -> None:
    text = f"{HEADLINE}\n\n{STORY}\nOriginal: {address}"
    assert attributor().attribute(SourceDocument.of_text(text, url="https://[own")).reproduction.status == "unknown"


def test_a_licence_that_a_story_speaks_of_is_no_notice() -> None:
    ending = 'The team returns in June. Its data will be open under CC BY 4.0, Raman said, "so that nobody has to ask."'
    made = attributor().attribute(
        SourceDocument.of_text(f"{HEADLINE}\n\n{STORY}\n{ending}\n\n© 2022 Tidewater Quarterly")
    )
    assert made.reproduction.status == "reserved"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Tłumaczyła Anna Kos", "byline"),
        ("Přeložila Anna Kosová", "byline"),
        ("Текст доступен по лицензии CC BY-SA 4.0.", "publisher"),
        ("Tekst dostępny na licencji Creative Commons Attribution 4.0 International.", "publisher"),
    ],
)
def test_who_helped_and_which_licence_are_told_as_nothing_else(line: str, kind: str) -> None:
    assert told(f"{HEADLINE}\n\n{STORY}\n{line}", kind) == []
