-- Where the ordinals of an authority with sealed serial numbers stand. Whoever allots holds the row locked.
CREATE TABLE serial_allotment (
  authority_id text PRIMARY KEY REFERENCES authority,
  next_ordinal bigint NOT NULL CHECK (next_ordinal >= 0),
  key_version int NOT NULL CHECK (key_version BETWEEN 1 AND 127)
);

-- What each request was given: the same again, whenever it is repeated. No serial number is kept, they are sealed anew.
CREATE TABLE serial_block (
  authority_id text NOT NULL REFERENCES serial_allotment,
  request_id text NOT NULL,
  first_ordinal bigint NOT NULL,
  end_ordinal bigint NOT NULL,
  count int NOT NULL,
  key_version int NOT NULL,
  allotted_at bigint NOT NULL,
  PRIMARY KEY (authority_id, request_id),
  UNIQUE (authority_id, first_ordinal),
  CHECK (end_ordinal - first_ordinal >= count AND count > 0)
);
CREATE TRIGGER serial_block_append_only BEFORE UPDATE OR DELETE ON serial_block
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
