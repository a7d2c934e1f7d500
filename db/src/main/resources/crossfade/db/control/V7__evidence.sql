-- What explains a difference names the acceptance that an output lacks, and who died with it.

-- Which system this is: made once. Files of accepted records say whose they are by it.
CREATE TABLE system_identity (
  one      TINYINT     NOT NULL PRIMARY KEY CHECK (one = 1),
  id       BINARY(16)  NOT NULL,
  made_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB;
INSERT INTO system_identity (one, id) VALUES (1, UNHEX(REPLACE(UUID(), '-', '')));

-- stamp: the acceptance whose copy was dropped; 0 in notes from before, which speak of any.
ALTER TABLE dropped_mirror
  ADD COLUMN stamp BIGINT NOT NULL DEFAULT 0 AFTER path,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (id, path, stamp);

-- Both NULL unless the router that had accepted it died, or stopped with records in memory, before it had
-- reported it as written. last_alive: its last sign of life. death_found: when another one found it gone.
ALTER TABLE lost_record
  ADD COLUMN last_alive  DATETIME(3),
  ADD COLUMN death_found DATETIME(3);

-- Acceptances that a path had no room for though the other path may have the record: its device was told to try
-- again. retried_stamp: the later acceptance by the same path that ended the refusal; NULL until then.
CREATE TABLE refused_record (
  id             BINARY(16)  NOT NULL,
  path           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stamp          BIGINT      NOT NULL,
  kind           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  refused_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  retried_stamp  BIGINT,
  PRIMARY KEY (id, path, stamp),
  KEY by_refused_at (refused_at),
  KEY open_ones (kind, path, retried_stamp, id)
) ENGINE = InnoDB;
