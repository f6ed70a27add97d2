-- Months that somebody has begun to close; others are open. Written by statements/month-store.ts alone.
CREATE TABLE billing_month (
  period          text           PRIMARY KEY CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  state           text           NOT NULL CHECK (state IN ('closing', 'closed')),
  prices_known_at timestamptz(3) NOT NULL,
  begun_by        text           NOT NULL,
  begun_at        timestamptz(3) NOT NULL,
  closed_at       timestamptz(3) CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);

-- Prices may be settled anew while it is closing: usage that has no price would keep it from ever being closed.
CREATE FUNCTION refuse_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'closing'
     AND (NEW.period, NEW.begun_by, NEW.begun_at) = (OLD.period, OLD.begun_by, OLD.begun_at)
     AND (NEW.prices_known_at = OLD.prices_known_at OR NEW.prices_known_at > OLD.prices_known_at AND NEW.state = 'closing')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a month only goes from closing to closed' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER forward_only BEFORE UPDATE OR DELETE ON billing_month
  FOR EACH ROW EXECUTE FUNCTION refuse_reopening();
CREATE TRIGGER only_added BEFORE TRUNCATE ON billing_month FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The last number of each series; an issuer is its registration number. It is counted up in the transaction of the document that bears it: a document that
-- does not come to be leaves no gap.
CREATE TABLE document_number (
  series text    NOT NULL CHECK (series IN ('statement', 'credit_note')),
  issuer text    NOT NULL,
  year   integer NOT NULL,
  last   bigint  NOT NULL CHECK (last > 0),
  PRIMARY KEY (series, issuer, year)
);

-- What was billed: `content` is what the hash is over, what is signed, and what is handed out, octet for octet. The
-- other columns are for lists, and for what later statements have to take off.
CREATE TABLE statement (
  period          text           NOT NULL REFERENCES billing_month,
  customer        text           NOT NULL,
  issuer          text           NOT NULL,
  number          text           NOT NULL,
  prices_known_at timestamptz(3) NOT NULL,
  closed_at       timestamptz(3) NOT NULL,
  content         bytea          NOT NULL,
  content_hash    bytea          NOT NULL CHECK (content_hash = sha256(content)),
  signature       bytea          NOT NULL CHECK (octet_length(signature) = 64),
  line_count      integer        NOT NULL CHECK (line_count > 0),
  quantity        bigint         NOT NULL,
  list_amount     bigint         NOT NULL,
  waiver_amount   bigint         NOT NULL,
  amount_due      bigint         NOT NULL,
  tax_amount      bigint         NOT NULL,
  amount_with_tax bigint         NOT NULL,
  PRIMARY KEY (period, customer),
  UNIQUE (issuer, number)
);

CREATE TABLE statement_line (
  period            text    NOT NULL,
  customer          text    NOT NULL,
  ordinal           integer NOT NULL CHECK (ordinal > 0),
  kind              text    NOT NULL,
  service_provider  text    NOT NULL,
  usage_period      text    NOT NULL CHECK (usage_period <= period),
  certificate_class text,
  carrier           text,
  channel           text,
  purpose           text,
  unit_price        bigint,
  tier              integer,
  tariff_id         text    NOT NULL,
  waiver_id         text,
  tax_category      text    NOT NULL,
  quantity          bigint  NOT NULL,
  list_amount       bigint  NOT NULL,
  waiver_amount     bigint  NOT NULL,
  amount_due        bigint  NOT NULL CHECK (amount_due = list_amount + waiver_amount),
  PRIMARY KEY (period, customer, ordinal),
  FOREIGN KEY (period, customer) REFERENCES statement DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX statement_line_by_usage ON statement_line (customer, usage_period);

CREATE TABLE credit_note (
  issuer          text           NOT NULL,
  number          text           NOT NULL,
  period          text           NOT NULL,
  customer        text           NOT NULL,
  issued_at       timestamptz(3) NOT NULL,
  content         bytea          NOT NULL,
  content_hash    bytea          NOT NULL CHECK (content_hash = sha256(content)),
  signature       bytea          NOT NULL CHECK (octet_length(signature) = 64),
  amount_due      bigint         NOT NULL CHECK (amount_due < 0),
  tax_amount      bigint         NOT NULL,
  amount_with_tax bigint         NOT NULL,
  PRIMARY KEY (issuer, number),
  FOREIGN KEY (period, customer) REFERENCES statement
);
CREATE INDEX credit_note_by_statement ON credit_note (period, customer, number);

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON statement
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_note
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Lines come before their statement, in its transaction: once it is there, none is added.
CREATE FUNCTION refuse_line_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM added JOIN statement USING (period, customer)) THEN
    RAISE EXCEPTION 'a closed statement takes no more lines' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER before_statement AFTER INSERT ON statement_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_line_of_closed();

CREATE FUNCTION refuse_statement_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM billing_month WHERE period = NEW.period AND state = 'closing' FOR SHARE;
  IF NOT FOUND OR NEW.line_count
     <> (SELECT count(*) FROM statement_line WHERE period = NEW.period AND customer = NEW.customer) THEN
    RAISE EXCEPTION 'a statement comes with its lines, while its month is closing' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER while_closing BEFORE INSERT ON statement
  FOR EACH ROW EXECUTE FUNCTION refuse_statement_of_closed();
