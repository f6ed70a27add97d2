-- Successions are only ever added, but that an erasure takes those of the person with it: it says so in its transaction.
DROP TRIGGER succession_append_only ON succession;

-- Who was erased before: as in src/persons/erasures.ts.
CREATE TEMPORARY TABLE unlinked (certificate_id bigint PRIMARY KEY);
WITH done AS (
  UPDATE certificate SET person_id = 0
  WHERE person_id = ANY (ARRAY(SELECT person_id FROM person WHERE erased_at IS NOT NULL AND NOT entangled))
  RETURNING certificate_id
) INSERT INTO unlinked SELECT certificate_id FROM done;
DELETE FROM succession USING unlinked WHERE successor_id = certificate_id;
DELETE FROM succession USING unlinked WHERE predecessor_id = certificate_id;
DROP TABLE unlinked;

CREATE TRIGGER succession_append_only BEFORE UPDATE ON succession FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER succession_kept BEFORE DELETE ON succession FOR EACH ROW
  WHEN (current_setting('kakunin.erasing', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION refuse_change();
