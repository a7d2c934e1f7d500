-- What Crossfade itself needs to remember, whatever the outputs' servers do.

-- Uploads and records that no output could take. dead_key: what makes a repeat the same letter, 16 bytes
-- (the record id, or a hash of the body). The body is health data: guard it like the outputs.
CREATE TABLE dead_letter (
  source       VARCHAR(16)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dead_key     BINARY(16)     NOT NULL,
  kind         VARCHAR(16)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason       VARCHAR(255)   NOT NULL,
  attempts     INT            NOT NULL,
  body         LONGBLOB       NOT NULL,
  body_format  VARCHAR(16)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  first_at     DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  last_at      DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (source, dead_key),
  KEY by_last_at (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Each start of a router takes the next number; modulo 1024 it is the node in the acceptance stamp.
CREATE TABLE acceptance_node (
  id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  instance    VARCHAR(255) NOT NULL,
  started_at  DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
