-- Rows that a run shows itself otherwise than an output has them, to see whether it names them. Nothing of them is
-- in any output. id: under which it is shown; row_id: the row that it was made of. Kept when the run did not name it.
CREATE TABLE plant (
  comparison_id  BIGINT      NOT NULL,
  table_name     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id             BINARY(16)  NOT NULL,
  row_id         BINARY(16)  NOT NULL,
  stamp          BIGINT      NOT NULL,
  sort           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  side           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  column_name    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
  urgent         BOOLEAN     NOT NULL,
  outcome        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (comparison_id, table_name, id),
  FOREIGN KEY (comparison_id) REFERENCES comparison (id) ON DELETE CASCADE
) ENGINE = InnoDB;

-- What a run made of them. bare: rows that were compared in tables in which none could be planted.
ALTER TABLE comparison_kind
  ADD COLUMN planted         BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN plants_found    BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN plants_invented BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN bare            BIGINT NOT NULL DEFAULT 0;
