"""The class of device, for terms and reports that tell phones from desktops."""

import pytest

from rapport.lake.devices import Device, device_of
from tests.lake.traffic import FIREFOX, IPHONE


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "desktop"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "desktop"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "desktop"),
        (IPHONE, "phone"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36", "phone"),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; en) Presto/2.8 Version/11.10", "phone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Linux; Android 9; SmartTV) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36", "other"),
        ("a fridge", "other"),
        ("", "other"),
    ],
)
def test_a_user_agent_tells_the_class_of_device(user_agent: str, device: Device) -> None:
    assert device_of(user_agent) == device
