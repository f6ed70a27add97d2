-- Who asked about whom, and why: one hash chain for the registry. An entry names no holder; holder_tag is found again
-- only by whom the person key is open to.
CREATE TABLE audit_entry (
  sequence bigint PRIMARY KEY CHECK (sequence >= 0),
  at bigint NOT NULL,
  caller text NOT NULL,
  on_behalf_of text,
  action text NOT NULL,
  purpose text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('granted', 'refused')),
  -- 16 octets.
  holder_tag bytea,
  -- SHA-256 over this entry and all before it.
  hash bytea NOT NULL
);
CREATE UNIQUE INDEX audit_entry_of_holder ON audit_entry (holder_tag);
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_kept BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where the chain stands; who appends holds it locked. Absent until the first entry.
CREATE TABLE audit_head (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  size bigint NOT NULL,
  hash bytea NOT NULL
);

-- How many entries a holder has, found by a hash of the viewing key, which is a secret: for tags without a gap.
CREATE TABLE audit_tally (
  holder_index bytea PRIMARY KEY,
  entries bigint NOT NULL
);

-- Heads that were signed and handed out: what outsiders keep, kept here too.
CREATE TABLE audit_signed_head (
  size bigint PRIMARY KEY,
  at bigint NOT NULL,
  note text NOT NULL
);
CREATE TRIGGER audit_signed_head_append_only BEFORE UPDATE OR DELETE ON audit_signed_head
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
