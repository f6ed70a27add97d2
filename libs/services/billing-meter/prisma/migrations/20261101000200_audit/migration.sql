-- Who read money, and who changed prices. Rows are only ever added.
CREATE TABLE audit_entry (
  id      bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz(3) NOT NULL,
  caller  text           NOT NULL,
  action  text           NOT NULL,
  subject jsonb          NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at);
