-- What was known at a settled instant stays, whoever writes: no revision is recorded before what its book is known until.
CREATE FUNCTION refuse_backdating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.recorded_at < (SELECT known_until FROM price_book WHERE issuer = NEW.issuer FOR SHARE) THEN
    RAISE EXCEPTION 'a revision is recorded later than all before it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER in_order BEFORE INSERT ON price_revision FOR EACH ROW EXECUTE FUNCTION refuse_backdating();
