-- What each router counted in a slice of time, by kind and path. seconds: how long the slice is, 10 or 600; both are
-- kept from the start. A router has a row for each slice in which it counted, also of nothing: no row is not zero, and
-- as no two processes have one name, a router that was started again counts from 0 in rows of its own. waiting and
-- oldest_ms: at the end of the slice, NULL where that could not be asked; of the stream, what all routers see.
CREATE TABLE router_history (
  seconds    SMALLINT     NOT NULL,
  from_at    DATETIME(3)  NOT NULL,
  instance   VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind       VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  path       VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted   BIGINT       NOT NULL,
  written    BIGINT       NOT NULL,
  fell_back  BIGINT       NOT NULL,
  refused    BIGINT       NOT NULL,
  waiting    BIGINT,
  oldest_ms  BIGINT,
  PRIMARY KEY (seconds, from_at, instance, kind, path)
) ENGINE = InnoDB;

-- What happened to a router itself. detail: of a start, the release.
CREATE TABLE router_event (
  happened_at  DATETIME(3)  NOT NULL,
  instance     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event        VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  detail       VARCHAR(64),
  PRIMARY KEY (happened_at, instance, event)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
