-- What the books never allow, whoever asks, on PostgreSQL.
-- Each guard begins with a line `-- guard <name> on <table>` and ends before the next; the function that it calls
-- bears the name of the guard, so that dropping one drops the other and a changed body is noticed.

-- guard ledger_book_is_opened_empty on ledger_book
CREATE OR REPLACE FUNCTION ledger_book_is_opened_empty() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NEW.entries_count <> 0 THEN
        RAISE EXCEPTION 'ledger: a new book is empty' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$guard$;
CREATE TRIGGER ledger_book_is_opened_empty BEFORE INSERT ON ledger_book
    FOR EACH ROW EXECUTE FUNCTION ledger_book_is_opened_empty();

-- guard ledger_book_moves_forward on ledger_book
CREATE OR REPLACE FUNCTION ledger_book_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NEW.id <> OLD.id OR NEW.subject <> OLD.subject OR NEW.opened_at <> OLD.opened_at
       OR (NEW.currency <> OLD.currency AND OLD.entries_count > 0) THEN
        RAISE EXCEPTION 'ledger: a book keeps its identity' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.entries_count <> OLD.entries_count OR NEW.head_digest <> OLD.head_digest)
       AND (NEW.entries_count <= OLD.entries_count
            OR NOT EXISTS (SELECT 1 FROM ledger_entry
                           WHERE book_id = NEW.id AND number = NEW.entries_count AND digest = NEW.head_digest)
            OR EXISTS (SELECT 1 FROM ledger_entry WHERE book_id = NEW.id AND number = NEW.entries_count + 1)) THEN
        RAISE EXCEPTION 'ledger: the head of a book is its last entry' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$guard$;
CREATE TRIGGER ledger_book_moves_forward BEFORE UPDATE ON ledger_book
    FOR EACH ROW EXECUTE FUNCTION ledger_book_moves_forward();

-- guard ledger_book_is_kept on ledger_book
CREATE OR REPLACE FUNCTION ledger_book_is_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'ledger: a book is kept' USING ERRCODE = 'check_violation';
END
$guard$;
CREATE TRIGGER ledger_book_is_kept BEFORE DELETE OR TRUNCATE ON ledger_book
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_book_is_kept();

-- guard ledger_account_is_kept on ledger_account
CREATE OR REPLACE FUNCTION ledger_account_is_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'ledger: an account is kept and never changes' USING ERRCODE = 'check_violation';
END
$guard$;
CREATE TRIGGER ledger_account_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_account_is_kept();

-- guard ledger_posting_is_sound on ledger_posting
CREATE OR REPLACE FUNCTION ledger_posting_is_sound() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id) THEN
        RAISE EXCEPTION 'ledger: no posting joins an entry that stands' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.amount_minor <= 0 THEN
        RAISE EXCEPTION 'ledger: a posting moves a positive whole amount' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM ledger_account AS source JOIN ledger_account AS destination
            ON destination.book_id = source.book_id AND destination.currency = source.currency
        WHERE source.id = NEW.source_id AND destination.id = NEW.destination_id AND source.currency = NEW.currency
    ) THEN
        RAISE EXCEPTION 'ledger: a posting stays in one book and one currency' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$guard$;
CREATE TRIGGER ledger_posting_is_sound BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_is_sound();

-- A transaction that was open while the entry was committed cannot see the entry when it adds a posting; at its own
-- commit it can, so the postings are counted once more there.
-- guard ledger_posting_is_counted on ledger_posting
CREATE OR REPLACE FUNCTION ledger_posting_is_counted() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    wanted integer := (SELECT postings_count FROM ledger_entry WHERE id = NEW.entry_id);
BEGIN
    IF wanted IS NULL OR wanted <> (SELECT count(*) FROM ledger_posting WHERE entry_id = NEW.entry_id) THEN
        RAISE EXCEPTION 'ledger: an entry counts its postings, one or more' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$guard$;
CREATE CONSTRAINT TRIGGER ledger_posting_is_counted AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_is_counted();

-- guard ledger_posting_is_kept on ledger_posting
CREATE OR REPLACE FUNCTION ledger_posting_is_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'ledger: a posting is kept and never changes' USING ERRCODE = 'check_violation';
END
$guard$;
CREATE TRIGGER ledger_posting_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_is_kept();

-- guard ledger_entry_is_sealed on ledger_entry
CREATE OR REPLACE FUNCTION ledger_entry_is_sealed() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NEW.postings_count < 1
       OR NEW.postings_count <> (SELECT count(*) FROM ledger_posting WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'ledger: an entry counts its postings, one or more' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_posting JOIN ledger_account ON ledger_account.id = ledger_posting.source_id
               WHERE ledger_posting.entry_id = NEW.id AND ledger_account.book_id <> NEW.book_id) THEN
        RAISE EXCEPTION 'ledger: an entry moves money in its own book only' USING ERRCODE = 'check_violation';
    END IF;
    -- The parentheses keep the THEN of the CASE apart from that of the IF.
    IF NEW.previous_digest IS DISTINCT FROM (
        CASE NEW.number
            WHEN 1 THEN '0000000000000000000000000000000000000000000000000000000000000000'
            ELSE (SELECT digest FROM ledger_entry WHERE book_id = NEW.book_id AND number = NEW.number - 1)
        END
    ) THEN
        RAISE EXCEPTION 'ledger: an entry continues the chain of its book' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$guard$;
CREATE TRIGGER ledger_entry_is_sealed BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_sealed();

-- guard ledger_entry_is_kept on ledger_entry
CREATE OR REPLACE FUNCTION ledger_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'ledger: an entry is kept and never changes' USING ERRCODE = 'check_violation';
END
$guard$;
CREATE TRIGGER ledger_entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_kept();
