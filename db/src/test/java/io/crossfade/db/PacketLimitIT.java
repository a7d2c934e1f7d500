package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A record that is larger than a statement may be, among others that are not. */
class PacketLimitIT {

  private static final int LIMIT = 100_000;

  private TestOutputs outputs;
  private HikariDataSource stream;
  private HikariDataSource control;

  @BeforeEach
  void open() {
    outputs = new TestOutputs();
    stream = limited(outputs.stream());
    control = limited(outputs.control());
  }

  @AfterEach
  void close() {
    stream.close();
    control.close();
    outputs.close();
  }

  @Test
  void neighboursAreWrittenAndItsOwnLetterFits() throws Exception {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < 40; second++) {
      records.add(SampleRecords.health("FITS", second));
    }
    HealthData large = SampleRecords.health("LARGE", 1);
    records.add(
        20,
        new HealthData(
            large.acceptance(),
            large.deviceSn(),
            large.timestamp(),
            large.owner(),
            large.heartRate(),
            large.bloodOxygen(),
            large.temperature(),
            large.pressureHigh(),
            large.pressureLow(),
            large.stress(),
            large.step(),
            large.distance(),
            large.calorie(),
            large.sleep(),
            large.position(),
            large.uploadMethod(),
            java.util.Map.of(FactType.values()[0], "\"" + "x".repeat(4 * LIMIT) + "\"")));

    List<Output.Rejection> rejections = new Output(stream).writeIsolating(records);
    assertThat(rejections).hasSize(1);
    assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(40);

    List<Letter> letters = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      letters.add(
          Letter.unreadable(
              Source.STREAM,
              Kind.HEALTH,
              "r",
              1,
              DeadLetters.BodyFormat.JSON,
              new byte[5_000 + i]));
    }
    letters.add(10, Letter.rejected(Source.STREAM, rejections.getFirst(), 1));
    new DeadLetters(control).keep(letters);
    assertThat(number("SELECT COUNT(*) FROM dead_letter")).isEqualTo(31);
    assertThat(number("SELECT LENGTH(body) FROM dead_letter WHERE reason LIKE '% bytes kept: %'"))
        .isBetween(LIMIT / 4L, (long) LIMIT);
  }

  @Test
  void databaseThatTakesLessThanAnUploadMayHoldIsNamed() throws Exception {
    long limit = number("SELECT @@max_allowed_packet");
    assertThat(PacketLimit.warning("control", outputs.control(), limit - 1)).isEmpty();
    assertThat(PacketLimit.warning("control", outputs.control(), limit).orElseThrow())
        .contains("control")
        .contains(String.valueOf(limit));
  }

  private long number(String sql) {
    return TestOutputs.number(outputs.control(), sql);
  }

  /** Connector/J refuses what is larger, as it does by the server's own limit. */
  private static HikariDataSource limited(DataSource database) {
    HikariDataSource known = (HikariDataSource) database;
    HikariDataSource limited = new HikariDataSource();
    limited.setJdbcUrl(known.getJdbcUrl());
    limited.setUsername(known.getUsername());
    limited.setPassword(known.getPassword());
    limited.setAutoCommit(false);
    limited.setDataSourceProperties(known.getDataSourceProperties());
    limited.addDataSourceProperty("maxAllowedPacket", String.valueOf(LIMIT));
    limited.setMaximumPoolSize(2);
    return limited;
  }
}
