package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.Output.Rejection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that may be a record's or the database's. */
class WriteAttemptsIT {

  private TestOutputs outputs;
  private Output output;

  @BeforeEach
  void open() {
    outputs = new TestOutputs();
    output = new Output(outputs.stream());
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void recordThatAloneIsRefusedIsFoundAfterSomeAttempts() throws Exception {
    trigger("IF NEW.device_sn LIKE 'POISON%' THEN SIGNAL SQLSTATE '45000'; END IF");
    List<AcceptedRecord> batch = health("GOOD", 50);
    batch.add(10, SampleRecords.health("POISON", 1));
    batch.add(40, SampleRecords.health("POISON", 2));
    WriteAttempts attempts = new WriteAttempts();
    for (int i = 0; i < WriteAttempts.BEFORE_SUSPICION; i++) {
      assertThatThrownBy(() -> attempts.write(output, batch)).isInstanceOf(SQLException.class);
    }
    assertThat(attempts.write(output, batch))
        .allSatisfy(
            rejection ->
                assertThat(rejection.reason()).startsWith("Refused while others are taken: 1644"))
        .extracting(Rejection::rejected)
        .containsExactly(batch.get(10), batch.get(40));
    assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(50);
    assertThat(
            TestOutputs.number(
                outputs.stream(),
                "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn LIKE 'crossfade%'"))
        .as("what others were tried with")
        .isZero();
  }

  @Test
  void tableThatTakesNothingRefusesNoRecord() throws Exception {
    trigger("SIGNAL SQLSTATE '45000'");
    assertThatNothingIsRefused(health("GOOD", 20));
    sql("DROP TRIGGER %s.suspicious");
    assertThat(new WriteAttempts().write(output, health("GOOD", 20))).isEmpty();
  }

  /** Records without a fact are written all the while. */
  @Test
  void tableThatIsGoneRefusesNoRecord() throws Exception {
    sql("RENAME TABLE %1$s.t_user_health_data_fact TO %1$s.gone");
    assertThatNothingIsRefused(health("GOOD", 30));
    sql("RENAME TABLE %1$s.gone TO %1$s.t_user_health_data_fact");
    assertThat(new WriteAttempts().write(output, health("GOOD", 30))).isEmpty();
  }

  /** Whatever fails, it fails for all at once: outages of any length that any code may have. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void outagesRefuseNoRecord(long seed) throws Exception {
    Random random = new Random(seed);
    Outages outages = new Outages(random, seed % 2 == 0);
    Output shaky = new Output(outages.around(outputs.stream()));
    for (int round = 0; round < 6; round++) {
      List<AcceptedRecord> batch = health("ROUND" + round, 1 + random.nextInt(20));
      WriteAttempts attempts = new WriteAttempts();
      List<Rejection> rejections = null;
      for (int i = 0; i < 200 && rejections == null; i++) {
        try {
          rejections = attempts.write(shaky, batch);
        } catch (SQLException | RuntimeException e) {
          assertThat(e).as("seed %d", seed).hasMessageContaining("outage");
        }
      }
      assertThat(rejections).as("seed %d, round %d", seed, round).isEmpty();
    }
    assertThat(outages.failed).isPositive();
  }

  private void assertThatNothingIsRefused(List<AcceptedRecord> batch) {
    WriteAttempts attempts = new WriteAttempts();
    for (int i = 0; i < 4 * WriteAttempts.BEFORE_SUSPICION; i++) {
      assertThatThrownBy(() -> attempts.write(output, batch)).isInstanceOf(SQLException.class);
    }
  }

  /** A database that is away for some connections, then there for some. */
  private static final class Outages {

    private final Random random;
    private final boolean unchecked;
    private boolean away;
    private int left;
    private int failed;

    /**
     * @param unchecked whether the driver throws what nobody declared
     */
    Outages(Random random, boolean unchecked) {
      this.random = random;
      this.unchecked = unchecked;
    }

    DataSource around(DataSource database) {
      return (DataSource)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("getConnection")) {
                  next();
                }
                try {
                  return method.invoke(database, arguments);
                } catch (InvocationTargetException e) {
                  throw Objects.requireNonNull(e.getCause());
                }
              });
    }

    private void next() throws SQLException {
      if (left-- == 0) {
        away = !away;
        left = random.nextInt(away ? 25 : 12);
      }
      if (away) {
        failed++;
        if (unchecked) {
          throw new IllegalStateException("outage");
        }
        throw new SQLException("outage", "HY000", 9_999);
      }
    }
  }

  private void trigger(String body) throws SQLException {
    sql(
        "CREATE TRIGGER %1$s.suspicious BEFORE INSERT ON %1$s.t_user_health_data FOR EACH ROW BEGIN"
            + " "
            + body.replace("%", "%%")
            + "; END");
  }

  private void sql(String statement) throws SQLException {
    try (Connection of = outputs.stream().getConnection();
        Connection admin = TestDatabase.admin();
        Statement sent = admin.createStatement()) {
      sent.execute(statement.formatted(of.getCatalog()));
    }
  }

  private static List<AcceptedRecord> health(String device, int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(SampleRecords.health(device, i));
    }
    return records;
  }
}
