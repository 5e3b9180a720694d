"""What a reader finds on the pages of the catalog."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Category, Product, Review, SectionKind
from catalog.services import read_content, take_off_sale

from .conftest import CONTENT

PAGE = "/medicines/pomalidomide-4-mg-capsules/"

HEADINGS = {
    "warning": "Warning: harm to unborn babies, and blood clots",
    "description": "Description",
    "indications": "Indications and uses",
    "key_features": "Key features",
    "how_to_take": "How to take it",
    "missed_dose": "If you miss a dose",
    "storage": "Storage and handling",
    "important_safety_information": "Important safety information",
    "boxed_warning": "Boxed warning: harm to unborn babies, and blood clots in veins and arteries",
    "side_effects": "Side effects",
    "reporting": "Reporting",
    "rems_summary": "REMS summary",
    "reviews": "Reviews",
}

# What stands under which heading, by the lines of section 9 that ask for it.
CORRECTED = [
    ("indications", "Together with dexamethasone, for adults", "9.2"),
    ("indications", "at least two prior therapies, including lenalidomide and a proteasome", "9.3"),
    ("indications", "within 60 days after it ended", "9.3"),
    ("indications", "HAART goes on during treatment", "9.4"),
    ("indications", "accelerated approval", "9.5"),
    ("indications", "10 of them HIV-negative", "9.5"),
    ("indications", "5 mg once a day on days 1 to 21", "9.6"),
    ("indications", "alone cannot fill a Kaposi sarcoma prescription", "9.6"),
    ("key_features", "It can seriously harm an unborn baby", "9.10"),
    ("important_safety_information", "Medicine to prevent clots is recommended", "9.11"),
    ("boxed_warning", "heart attack and stroke", "9.12"),
    ("boxed_warning", "Thalidomide is a known human teratogen", "9.13"),
    ("rems_summary", "PS-Pomalidomide REMS", "9.14"),
    ("rems_summary", "certified in the program", "9.15"),
    ("rems_summary", "Patient-Physician Agreement Form", "9.15"),
    ("rems_summary", "at most 28 days, with no refills, and it cannot be phoned in", "9.15"),
    ("rems_summary", "confirmation number", "9.15"),
    ("important_safety_information", "one highly effective method and one barrier method", "9.16"),
    ("important_safety_information", "one 10 to 14 days before the prescription", "9.16"),
    ("important_safety_information", "during breaks, and for 4 weeks after", "9.16"),
    ("important_safety_information", "have no sex with a male at all", "9.16"),
    ("important_safety_information", "latex or synthetic condom", "9.17"),
    ("important_safety_information", "even after a vasectomy", "9.17"),
    ("important_safety_information", "Do not donate sperm", "9.17"),
    ("important_safety_information", "Nobody may donate blood", "9.18"),
    ("important_safety_information", "every 2 weeks for 12 weeks, then every month", "9.19"),
    ("side_effects", "low neutrophils 51.3%", "9.20"),
    ("side_effects", "anemia", "9.20"),
    ("important_safety_information", "severe allergic reaction", "9.21"),
    ("important_safety_information", "Liver failure has happened", "9.21"),
    ("important_safety_information", "DRESS", "9.21"),
    ("important_safety_information", "12% were confused", "9.21"),
    ("important_safety_information", "neuropathy", "9.21"),
    ("important_safety_information", "Acute myeloid leukemia", "9.21"),
    ("important_safety_information", "Tumor lysis syndrome", "9.21"),
    ("important_safety_information", "pembrolizumab", "9.21"),
    ("important_safety_information", "CYP1A2", "9.21"),
    ("important_safety_information", "3 mg on dialysis", "9.21"),
    ("important_safety_information", "should not breastfeed", "9.21"),
    ("missed_dose", "Less than 12 hours late", "9.21"),
    ("reporting", "1-800-FDA-1088", "9.21"),
    ("reporting", "1-888-423-5436", "9.21"),
    ("storage", "between 15 and 30 °C (59 to 86 °F)", "9.22"),
    ("description", "bottle of 21 capsules", "9.23"),
    ("storage", "not find it in the storage statement of the label", "9.24"),
    ("storage", "wash it off at once with soap and water", "9.25"),
]

# Words of the draft that section 9 strikes out, and their near relations.
FORBIDDEN = [
    ("third-generation", "9.1"),
    ("highly potent", "9.1"),
    ("ultimate", "9.1"),
    ("lifeline", "9.1"),
    ("renewed chance", "9.1"),
    ("powerful", "9.1"),
    ("sophisticated", "9.1"),
    ("typically", "9.2"),
    ("exhausted", "9.3"),
    ("cytotoxic", "9.4"),
    ("chemotherapy", "9.4"),
    ("effective systemic", "9.5"),
    ("effective relief", "9.5"),
    ("rescue", "9.7"),
    ("salvage", "9.7"),
    ("first- and second-generation", "9.7"),
    ("more potent", "9.8"),
    ("potency", "9.8"),
    ("cross-resistance", "9.8"),
    ("overcome", "9.8"),
    ("starve", "9.9"),
    ("synerg", "9.9"),
    ("improves", "9.9"),
    ("metastasi", "9.9"),
    ("convenience", "9.10"),
    ("convenient", "9.10"),
    ("non-invasive", "9.10"),
    ("professional standard", "9.10"),
    ("mandatory", "9.11"),
    ("pomalidomide is a known human teratogen", "9.13"),
    ("POMALYST REMS", "9.14"),
    ("blister", "9.23"),
    ("absorption through the skin", "9.25"),
    ("strictly", "9.25"),
    ("safely access", "9.26"),
    ("1-888-668-2528", "7.5"),
]

_PAGES: dict[str, str] = {}


def text_of(html: str) -> str:
    """The words of a page as a reader sees them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part_of(html: str, anchor: str) -> str:
    """The words from one heading to the next of the page's sections."""
    after = html.split(f'id="{anchor}"', 1)[1]
    return text_of(re.split(r"<h2 |</section>", after.split(">", 1)[1], maxsplit=1)[0])


@pytest.fixture
def page(client: Client, request: pytest.FixtureRequest) -> str:
    """The product's page as a stranger sees it, fetched once: its words do not change."""
    if PAGE not in _PAGES:
        request.getfixturevalue("pomalidomide")
        answer = client.get(PAGE)
        assert answer.status_code == 200
        _PAGES[PAGE] = answer.content.decode()
    return _PAGES[PAGE]


@pytest.mark.parametrize(("anchor", "heading"), HEADINGS.items())
def test_every_section_stands_under_its_heading(page: str, anchor: str, heading: str) -> None:
    found = re.search(rf'<h[23] id="{anchor}">(.*?)</h[23]>', page, re.DOTALL)
    assert found
    assert text_of(found[1]) == heading
    assert len(part_of(page, anchor)) > len(heading)


@pytest.mark.parametrize(("anchor", "words", "line"), CORRECTED)
def test_the_draft_is_corrected(page: str, anchor: str, words: str, line: str) -> None:
    assert words in part_of(page, anchor), line


@pytest.mark.parametrize(("words", "line"), FORBIDDEN)
def test_no_claim_of_the_draft_is_left(page: str, words: str, line: str) -> None:
    assert words.lower() not in text_of(page).lower(), line


def test_the_boxed_warning_comes_first_in_the_safety_information(page: str) -> None:
    safety = part_of(page, "important_safety_information")
    assert safety.startswith("Important safety information Boxed warning:")


def test_the_short_warning_comes_before_the_price(page: str) -> None:
    assert page.index('id="warning"') < page.index("$1,184.00")


def test_the_page_shows_price_pack_ndc_and_rx_only(page: str) -> None:
    words = text_of(page)
    assert "$1,184.00" in words
    assert "Made-up price for this demonstration" in words
    assert "Bottle of 21 capsules" in words
    assert "60505-4500-02" in words
    assert "Printed: 60505-4500-2" in words
    assert "Rx only" in words


def test_every_statement_shows_its_source_and_how_sure_we_are(page: str) -> None:
    words = text_of(page)
    for section in read_content(CONTENT).sections:
        for statement in section.statements:
            assert statement.text in words
            if section.kind != SectionKind.BOXED_WARNING_SHORT:
                assert f"rule sheet {statement.source}; {statement.confidence.label}." in words


def test_an_unverified_statement_is_marked_beside_its_words(page: str) -> None:
    assert "You should not breastfeed during treatment. Not yet verified" in text_of(page)
    assert "HAART goes on during treatment. Not yet verified" not in text_of(page)


def test_nobody_has_written_a_review_yet(page: str) -> None:
    assert "There are no reviews yet" in part_of(page, "reviews")
    assert "out of 5" not in page


def test_a_review_is_shown_only_after_it_was_published(
    client: Client, pomalidomide: Product, rosa: User
) -> None:
    review = Review.objects.create(
        product=pomalidomide,
        author=rosa,
        rating=2,
        body="The calls from the pharmacy helped me.",
        written_at="2026-11-01T12:00:00Z",
    )
    assert review.body not in client.get(PAGE).content.decode()


def test_the_home_page_leads_to_the_product_in_one_click(
    client: Client, pomalidomide: Product
) -> None:
    home = client.get("/").content.decode()
    assert f'href="{PAGE}"' in home
    assert "Pomalidomide 4 mg capsules" in home


@pytest.mark.parametrize(
    "address", ["/medicines/unobtainium/", "/categories/potions/", "/nowhere/"]
)
def test_an_unknown_address_gets_a_designed_404(
    client: Client, transactional_db: None, address: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "We could not find that page" in answer.content.decode()


def test_a_product_off_sale_has_no_page(client: Client, pomalidomide: Product, edna: User) -> None:
    take_off_sale(pomalidomide.pk, edna)
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/").content.decode()


def test_an_empty_category_says_so(client: Client, transactional_db: None) -> None:
    Category.objects.create(name="Vitamins", slug="vitamins")
    answer = client.get("/categories/vitamins/")
    assert answer.status_code == 200
    assert "No medicine of this kind is on sale now" in answer.content.decode()


@pytest.mark.parametrize("address", ["/", PAGE, "/categories/cancer-medicines/"])
def test_the_pages_only_read(client: Client, transactional_db: None, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(
    ("address", "queries"), [("/", 4), (PAGE, 9), ("/categories/cancer-medicines/", 4)]
)
def test_a_page_asks_the_database_a_constant_number_of_times(
    client: Client,
    pomalidomide: Product,
    django_assert_num_queries: pytest.FixtureRequest,
    address: str,
    queries: int,
) -> None:
    client.get(address)
    with django_assert_num_queries(queries):  # type: ignore[operator]
        client.get(address)


def test_a_second_product_costs_the_home_page_no_query(
    client: Client,
    pomalidomide: Product,
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    Product.objects.create(
        category=pomalidomide.category,
        labeler=pomalidomide.labeler,
        slug="another",
        name="Another medicine",
        generic_name="another",
        strength="1 mg",
        dosage_form="capsule",
        summary="Another.",
        program_code="PS-POMALIDOMIDE",
        on_sale=True,
    )
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert "Another medicine" in client.get("/").content.decode()
