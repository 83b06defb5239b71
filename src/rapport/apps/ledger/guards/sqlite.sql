-- What the books never allow, whoever asks, on SQLite.
-- Each guard begins with a line `-- guard <name> on <table>` and ends before the next.
-- REPLACE removes rows without asking the DELETE triggers unless recursive triggers are on, so that every
-- BEFORE INSERT guard also refuses a row that exists already. (NEW.id of a posting is -1 while it has no id yet.)

-- guard ledger_book_is_opened_once on ledger_book
CREATE TRIGGER ledger_book_is_opened_once BEFORE INSERT ON ledger_book BEGIN
    SELECT RAISE(ABORT, 'ledger: a book is opened once')
    WHERE EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.id OR subject = NEW.subject);
    SELECT RAISE(ABORT, 'ledger: a new book is empty') WHERE NEW.entries_count IS NOT 0;
END;

-- guard ledger_book_moves_forward on ledger_book
CREATE TRIGGER ledger_book_moves_forward BEFORE UPDATE ON ledger_book BEGIN
    SELECT RAISE(ABORT, 'ledger: a book keeps its identity')
    WHERE NEW.id IS NOT OLD.id OR NEW.subject IS NOT OLD.subject OR NEW.opened_at IS NOT OLD.opened_at
       OR (NEW.currency IS NOT OLD.currency AND OLD.entries_count > 0);
    SELECT RAISE(ABORT, 'ledger: the head of a book is its last entry')
    WHERE (NEW.entries_count IS NOT OLD.entries_count OR NEW.head_digest IS NOT OLD.head_digest)
      AND (NEW.entries_count <= OLD.entries_count
           OR NOT EXISTS (SELECT 1 FROM ledger_entry
                          WHERE book_id = NEW.id AND number = NEW.entries_count AND digest = NEW.head_digest)
           OR EXISTS (SELECT 1 FROM ledger_entry WHERE book_id = NEW.id AND number = NEW.entries_count + 1));
END;

-- guard ledger_book_is_kept on ledger_book
CREATE TRIGGER ledger_book_is_kept BEFORE DELETE ON ledger_book BEGIN
    SELECT RAISE(ABORT, 'ledger: a book is kept');
END;

-- guard ledger_account_is_opened_once on ledger_account
CREATE TRIGGER ledger_account_is_opened_once BEFORE INSERT ON ledger_account BEGIN
    SELECT RAISE(ABORT, 'ledger: an account is opened once')
    WHERE EXISTS (SELECT 1 FROM ledger_account
                  WHERE id = NEW.id
                     OR (book_id = NEW.book_id AND kind = NEW.kind AND owner = NEW.owner AND currency = NEW.currency));
END;

-- guard ledger_account_is_unchanged on ledger_account
CREATE TRIGGER ledger_account_is_unchanged BEFORE UPDATE ON ledger_account BEGIN
    SELECT RAISE(ABORT, 'ledger: an account never changes');
END;

-- guard ledger_account_is_kept on ledger_account
CREATE TRIGGER ledger_account_is_kept BEFORE DELETE ON ledger_account BEGIN
    SELECT RAISE(ABORT, 'ledger: an account is kept');
END;

-- guard ledger_posting_is_sound on ledger_posting
CREATE TRIGGER ledger_posting_is_sound BEFORE INSERT ON ledger_posting BEGIN
    SELECT RAISE(ABORT, 'ledger: a posting is written once')
    WHERE EXISTS (SELECT 1 FROM ledger_posting
                  WHERE id = NEW.id OR (entry_id = NEW.entry_id AND position = NEW.position));
    SELECT RAISE(ABORT, 'ledger: no posting joins an entry that stands')
    WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id);
    SELECT RAISE(ABORT, 'ledger: a posting moves a positive whole amount')
    WHERE typeof(NEW.amount_minor) <> 'integer' OR NEW.amount_minor <= 0;
    SELECT RAISE(ABORT, 'ledger: a posting stays in one book and one currency')
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger_account AS source JOIN ledger_account AS destination
            ON destination.book_id = source.book_id AND destination.currency = source.currency
        WHERE source.id = NEW.source_id AND destination.id = NEW.destination_id AND source.currency = NEW.currency
    );
END;

-- guard ledger_posting_is_unchanged on ledger_posting
CREATE TRIGGER ledger_posting_is_unchanged BEFORE UPDATE ON ledger_posting BEGIN
    SELECT RAISE(ABORT, 'ledger: a posting never changes');
END;

-- guard ledger_posting_is_kept on ledger_posting
CREATE TRIGGER ledger_posting_is_kept BEFORE DELETE ON ledger_posting BEGIN
    SELECT RAISE(ABORT, 'ledger: a posting is kept');
END;

-- guard ledger_entry_is_sealed on ledger_entry
CREATE TRIGGER ledger_entry_is_sealed BEFORE INSERT ON ledger_entry BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry is written once')
    WHERE EXISTS (SELECT 1 FROM ledger_entry
                  WHERE id = NEW.id OR (book_id = NEW.book_id AND number = NEW.number)
                     OR mirrors_id = NEW.mirrors_id);
    SELECT RAISE(ABORT, 'ledger: an entry counts its postings, one or more')
    WHERE NEW.postings_count < 1
       OR NEW.postings_count <> (SELECT count(*) FROM ledger_posting WHERE entry_id = NEW.id);
    SELECT RAISE(ABORT, 'ledger: an entry moves money in its own book only')
    WHERE EXISTS (SELECT 1 FROM ledger_posting JOIN ledger_account ON ledger_account.id = ledger_posting.source_id
                  WHERE ledger_posting.entry_id = NEW.id AND ledger_account.book_id <> NEW.book_id);
    SELECT RAISE(ABORT, 'ledger: an entry continues the chain of its book')
    WHERE NEW.previous_digest IS NOT
        CASE NEW.number
            WHEN 1 THEN '0000000000000000000000000000000000000000000000000000000000000000'
            ELSE (SELECT digest FROM ledger_entry WHERE book_id = NEW.book_id AND number = NEW.number - 1)
        END;
END;

-- guard ledger_entry_is_unchanged on ledger_entry
CREATE TRIGGER ledger_entry_is_unchanged BEFORE UPDATE ON ledger_entry BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry never changes');
END;

-- guard ledger_entry_is_kept on ledger_entry
CREATE TRIGGER ledger_entry_is_kept BEFORE DELETE ON ledger_entry BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry is kept');
END;
