-- What a platform provider adds to the fee of a month for its service providers, frozen once its own statement is closed
-- and it first asks. `lines` are StatementLine of @kakunin/billing, yen and quantities as decimal strings.
CREATE TABLE resale_margin (
  issuer          text           NOT NULL,
  -- From 1 without gaps: of two that freeze at once one sees that it does not know the other's, and begins again.
  number          integer        NOT NULL CHECK (number > 0),
  period          text           NOT NULL,
  prices_known_at timestamptz(3) NOT NULL,
  lines           jsonb          NOT NULL CHECK (jsonb_typeof(lines) = 'array'),
  PRIMARY KEY (issuer, number),
  UNIQUE (issuer, period)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON resale_margin
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
