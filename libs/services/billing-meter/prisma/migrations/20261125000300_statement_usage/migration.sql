-- Of which producers and days the usage is that a statement bills, so that the chain from journal to statement can be
-- held against each other by producer and day. Written by statements/billed-usage.ts with the statement; never changed.
CREATE TABLE statement_usage (
  period   text   NOT NULL,
  customer text   NOT NULL,
  day      date   NOT NULL,
  producer text   NOT NULL,
  quantity bigint NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (customer, day, producer, period),
  FOREIGN KEY (period, customer) REFERENCES statement DEFERRABLE INITIALLY DEFERRED
);

-- Statements from before: their checks, in the order of days and producers, are dealt out to the statements that bill
-- them, in the order of these. What is counted beyond is late, and on none.
INSERT INTO statement_usage (period, customer, day, producer, quantity)
WITH counted AS (
  SELECT platform_provider AS customer, to_char(day, 'YYYY-MM') AS usage_period, day, producer, chargeable,
         sum(chargeable) OVER (PARTITION BY platform_provider, to_char(day, 'YYYY-MM') ORDER BY day, producer) AS until
  FROM usage_producer_day
), billed AS (
  SELECT customer, usage_period, period, sum(quantity) AS quantity,
         sum(sum(quantity)) OVER (PARTITION BY customer, usage_period ORDER BY period) AS until
  FROM statement_line WHERE kind = 'usage' GROUP BY customer, usage_period, period
), dealt AS (
  SELECT billed.period, customer, day, producer,
         least(counted.until, billed.until)
           - greatest(counted.until - counted.chargeable, billed.until - billed.quantity) AS quantity
  FROM counted JOIN billed USING (customer, usage_period)
)
SELECT period, customer, day, producer, quantity FROM dealt WHERE quantity > 0;

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_usage
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- As for lines: once the statement is there, none is added.
CREATE TRIGGER before_statement AFTER INSERT ON statement_usage
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_line_of_closed();
