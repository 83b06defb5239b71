"""The list of schedules: every job that starts by the clock."""

from rapport.apps.jobs.schedule import Schedule

SCHEDULES: tuple[Schedule, ...] = (
    Schedule(name="forget-jobs", task_path="rapport.apps.jobs.tasks.forget_old_jobs", cron="17 * * * *"),
    Schedule(name="forget-sessions", task_path="rapport.apps.identity.tasks.forget_sessions", cron="41 * * * *"),
    Schedule(
        name="link-book",
        task_path="rapport.apps.tracking.tasks.publish_link_book",
        every_seconds=1,
        only_if="rapport.apps.tracking.publishing.book_is_behind",
    ),
    Schedule(
        name="postbacks",
        task_path="rapport.flows.tasks.take_postbacks",
        every_seconds=1,
        only_if="rapport.flows.postbacks.postbacks_wait",
    ),
    Schedule(
        name="lake-ingest",
        task_path="rapport.flows.tasks.ingest_clicks",
        every_seconds=2,
        only_if="rapport.flows.tasks.clicks_wait",
    ),
    Schedule(
        name="click-facts",
        task_path="rapport.flows.tasks.join_click_facts",
        every_seconds=30,
        only_if="rapport.flows.tasks.facts_wait",
    ),
    Schedule(
        name="late-corrections",
        task_path="rapport.flows.tasks.attach_late_corrections",
        every_seconds=60,
        only_if="rapport.flows.tasks.late_corrections_wait",
    ),
    Schedule(
        name="approve-due",
        task_path="rapport.flows.tasks.approve_due",
        every_seconds=60,
        only_if="rapport.flows.tasks.approvals_wait",
    ),
    Schedule(
        name="intentions",
        task_path="rapport.flows.tasks.carry_out_intentions",
        every_seconds=1,
        only_if="rapport.flows.tasks.intentions_wait",
    ),
    Schedule(
        name="proposals",
        task_path="rapport.flows.tasks.tell_proposals",
        every_seconds=30,
        only_if="rapport.flows.tasks.proposals_wait",
    ),
    Schedule(
        name="mail-bounces",
        task_path="rapport.apps.delivery.tasks.read_bounces",
        every_seconds=300,
        only_if="rapport.apps.delivery.tasks.bounces_are_read",
    ),
    Schedule(
        name="invoices",
        task_path="rapport.flows.paying_jobs.issue_invoices",
        every_seconds=10,
        only_if="rapport.flows.invoicing.invoices_wait",
    ),
    Schedule(
        name="shop-deliveries",
        task_path="rapport.flows.shops.tasks.take_due_deliveries",
        every_seconds=5,
        only_if="rapport.flows.shops.tasks.deliveries_wait",
    ),
    Schedule(
        name="shop-codes",
        task_path="rapport.flows.shops.tasks.make_codes",
        every_seconds=2,
        only_if="rapport.flows.shops.tasks.codes_wait",
    ),
    Schedule(name="shops-compare", task_path="rapport.flows.shops.tasks.compare_all", cron="17 3 * * *"),
    Schedule(name="forget-shop-messages", task_path="rapport.flows.shops.tasks.forget_messages", cron="11 4 * * *"),
    Schedule(
        name="look-at-calls",
        task_path="rapport.flows.paying_jobs.look_at_calls",
        every_seconds=30,
        only_if="rapport.flows.paying_jobs.calls_wait",
    ),
    Schedule(name="match-returns", task_path="rapport.flows.importing.tasks.match_returns", cron="53 * * * *"),
    Schedule(name="forget-imports", task_path="rapport.flows.importing.tasks.forget_import_files", cron="23 3 * * *"),
    Schedule(
        name="backup",
        task_path="rapport.flows.backup.tasks.back_up",
        cron="37 2 * * *",
        only_if="rapport.flows.backup.tasks.backups_are_nightly",
    ),
    Schedule(
        name="rate-orders",
        task_path="rapport.flows.rates.tasks.rate_orders",
        every_seconds=60,
        only_if="rapport.flows.rates.tasks.orders_wait",
    ),
    Schedule(
        name="fetch-rates",
        task_path="rapport.flows.rates.tasks.fetch_rates",
        cron="43 17 * * *",
        only_if="rapport.flows.rates.tasks.rates_are_fetched",
    ),
    Schedule(name="domain-proofs", task_path="rapport.flows.tasks.check_domains", cron="29 4 * * *"),
    Schedule(
        name="audit-links",
        task_path="rapport.flows.tasks.link_audit",
        every_seconds=120,
        only_if="rapport.flows.tasks.audit_rows_wait",
    ),
    Schedule(name="late-audit-links", task_path="rapport.flows.tasks.link_late_audit", cron="37 1 * * *"),
    Schedule(name="doctor", task_path="rapport.flows.doctor.tasks.examine", cron="7 2 * * *"),
    Schedule(name="lake-upkeep", task_path="rapport.flows.tasks.keep_lake_up", cron="41 * * * *"),
)
