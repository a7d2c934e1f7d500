-- What a router is, for people. All NULL by a release that did not say.
-- clock_ahead: milliseconds of its clock against this server's, at its last report.
ALTER TABLE router_instance
  ADD COLUMN release_name VARCHAR(64),
  ADD COLUMN up_since     DATETIME(3),
  ADD COLUMN accepts      BOOLEAN,
  ADD COLUMN clock_ahead  BIGINT;
