-- What a path writes. Both outputs have these tables; only the schema's name tells them apart.
-- id: the record's identity, 16 bytes, time first. stamp: when and in which order it was accepted; windows
-- are cut by it. written_at: when this path stored the row, UTC. route_reason and written_at differ by nature
-- and are never compared. Strings compare byte by byte, so that 'a' and 'A' are two devices.

CREATE TABLE t_user_health_data (
  id             BINARY(16)     NOT NULL PRIMARY KEY,
  stamp          BIGINT         NOT NULL,
  route_reason   VARCHAR(24)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  written_at     DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  device_sn      VARCHAR(255)   NOT NULL,
  `timestamp`    DATETIME       NOT NULL,
  customer_id    BIGINT,
  org_id         BIGINT,
  user_id        BIGINT,
  heart_rate     INT,
  blood_oxygen   INT,
  temperature    DECIMAL(5,2),
  pressure_high  INT,
  pressure_low   INT,
  stress         INT,
  step           INT,
  distance       DOUBLE,
  calorie        DOUBLE,
  sleep          DOUBLE,
  latitude       DECIMAL(10,6),
  longitude      DECIMAL(10,6),
  altitude       DOUBLE,
  upload_method  VARCHAR(255),
  KEY by_stamp (stamp)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row per fact, so that writes commute; the views below show the field's one row per day or week.
CREATE TABLE t_user_health_data_fact (
  id             BINARY(16)     NOT NULL PRIMARY KEY,
  stamp          BIGINT         NOT NULL,
  route_reason   VARCHAR(24)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  written_at     DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  device_sn      VARCHAR(255)   NOT NULL,
  period         DATE           NOT NULL,
  fact           VARCHAR(32)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value          LONGTEXT       NOT NULL,
  `timestamp`    DATETIME       NOT NULL,
  customer_id    BIGINT,
  org_id         BIGINT,
  user_id        BIGINT,
  KEY by_stamp (stamp)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE VIEW t_user_health_data_daily AS
SELECT device_sn,
       period AS `date`,
       MAX(CASE WHEN fact = 'sleep_data' THEN value END) AS sleep_data,
       MAX(CASE WHEN fact = 'exercise_daily_data' THEN value END) AS exercise_daily_data,
       MAX(CASE WHEN fact = 'workout_data' THEN value END) AS workout_data,
       MAX(CASE WHEN fact = 'scientific_sleep_data' THEN value END) AS scientific_sleep_data
FROM t_user_health_data_fact
WHERE fact <> 'exercise_week_data'
GROUP BY device_sn, period;

CREATE VIEW t_user_health_data_weekly AS
SELECT device_sn, period AS week_start, value AS exercise_week_data
FROM t_user_health_data_fact
WHERE fact = 'exercise_week_data';

CREATE TABLE t_device_info_history (
  id                       BINARY(16)   NOT NULL PRIMARY KEY,
  stamp                    BIGINT       NOT NULL,
  route_reason             VARCHAR(24)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  written_at               DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  serial_number            VARCHAR(255) NOT NULL,
  `timestamp`              DATETIME     NOT NULL,
  customer_id              BIGINT,
  org_id                   BIGINT,
  user_id                  BIGINT,
  system_software_version  VARCHAR(255),
  wifi_address             VARCHAR(255),
  bluetooth_address        VARCHAR(255),
  ip_address               VARCHAR(255),
  network_access_mode      VARCHAR(255),
  device_name              VARCHAR(255),
  imei                     VARCHAR(255),
  battery_level            INT,
  voltage                  INT,
  charging_status          VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  wearable_status          VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status                   VARCHAR(255),
  KEY by_stamp (stamp)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Its id is derived from the serial number alone, which makes the serial number unique.
CREATE TABLE t_device_info LIKE t_device_info_history;
ALTER TABLE t_device_info ADD KEY by_serial_number (serial_number);

CREATE TABLE t_common_event (
  id             BINARY(16)     NOT NULL PRIMARY KEY,
  stamp          BIGINT         NOT NULL,
  route_reason   VARCHAR(24)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  written_at     DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  device_sn      VARCHAR(255)   NOT NULL,
  `timestamp`    DATETIME       NOT NULL,
  customer_id    BIGINT,
  org_id         BIGINT,
  user_id        BIGINT,
  event_type     VARCHAR(255)   NOT NULL,
  event_value    TEXT,
  latitude       DECIMAL(10,6),
  longitude      DECIMAL(10,6),
  altitude       DOUBLE,
  KEY by_stamp (stamp)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
