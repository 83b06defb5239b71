"""Crawlers are known by name; people who read inside an app are people."""

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from rapport.lake.crawlers import crawler_of
from tests.lake.traffic import FIREFOX, IPHONE

IN_APPS = {
    "Viber on Android": "Mozilla/5.0 (Linux; Android 12; SM-G991B; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/110.0.5481.65 Mobile Safari/537.36 Viber/19.2.2.0",
    "WhatsApp on Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "WhatsApp/2.2319.9 Chrome/108.0.5359.215 Electron/22.3.7 Safari/537.36",
    "Slack on a Mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Slack/4.36.140 Chrome/120.0.6099.276 Electron/28.2.0 Safari/537.36 Sonic Slack_SSB/4.36.140",
    "Instagram": "Mozilla/5.0 (iPhone; CPU iPhone OS 16_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 Instagram 270.0.0.13.83 (iPhone13,2; iOS 16_3; en_US; en-US; scale=3.00; 1170x2532; 445843881)",
    "a phone called Cubot": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/88.0.4324.152 Mobile Safari/537.36",
}


@pytest.mark.parametrize("user_agent", [FIREFOX, IPHONE, *IN_APPS.values()], ids=["Firefox", "Safari", *IN_APPS])
def test_a_persons_browser_is_no_crawler(user_agent: str) -> None:
    assert crawler_of(user_agent) is None


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot/"),
        ("WhatsApp/2.23.20.0", "WhatsApp"),
        ("Viber", "Viber"),
        ("curl/8.5.0", "curl"),
    ],
)
def test_a_crawler_is_known_by_its_name(user_agent: str, name: str) -> None:
    assert crawler_of(user_agent) == name


def test_nearly_every_example_of_the_public_list_is_found() -> None:
    examples = [example for entry in CRAWLER_USER_AGENTS_DATA for example in entry["instances"]]
    missed = [example for example in examples if crawler_of(example) is None]

    assert len(missed) <= len(examples) // 500  # who pretends to be a phone has no name
