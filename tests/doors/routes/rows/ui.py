"""Rows of the pages that show what pages are made of."""

from tests.doors.routes.table import TEAM, Row, team

EVERY_TEAM_ROLE = team(*TEAM)

ROWS = (
    Row("ui:design", "GET", EVERY_TEAM_ROLE),
    Row("ui:design", "POST", team(*TEAM, ok=422)),
    Row("ui:design-portal", "GET", EVERY_TEAM_ROLE),
    Row("ui:design-public", "GET", EVERY_TEAM_ROLE),
    Row("ui:design-focus", "GET", EVERY_TEAM_ROLE),
)
