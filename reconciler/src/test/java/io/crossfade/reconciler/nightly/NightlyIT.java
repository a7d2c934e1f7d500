package io.crossfade.reconciler.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.process.Loops;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.reconciler.nightly.NightlySettings.On;
import io.crossfade.reconciler.report.Advice;
import io.crossfade.reconciler.verdict.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;

class NightlyIT {

  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final Advice.Advisor ADVISOR =
      () ->
          List.of(
              new Advice(
                  Kind.HEALTH,
                  "canary 10.00 %",
                  "live",
                  Verdict.INCONCLUSIVE,
                  List.of(
                      new Advice.Check(
                          "latency", Verdict.INCONCLUSIVE, "not measured on both paths"))));

  private final TestOutputs outputs = new TestOutputs();
  private final NightlyReports reports = new NightlyReports(outputs.control());
  private LocalDate day = LocalDate.EPOCH;
  private Instant now = Instant.EPOCH;
  private Instant writtenUntil = Instant.MAX;
  private @Nullable HttpServer robot;

  @BeforeEach
  void open() {
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO acceptance_node (instance, started_at) VALUES ('first', '2020-01-01')");
    day =
        AcceptanceStamp.instantOf(SampleRecords.health("DAY", 0).acceptance().stamp())
            .atZone(ZONE)
            .toLocalDate();
    now = day.plusDays(1).atTime(2, 30).atZone(ZONE).toInstant();
  }

  @AfterEach
  void close() {
    outputs.close();
    if (robot != null) {
      robot.stop(0);
    }
  }

  @Test
  void nightIsDueOnceAtItsHourInItsZone() throws Exception {
    NightlyComparison night = night(settings(null, On.FAIL));
    now = now.minus(Duration.ofHours(2));
    assertThat(night.due())
        .as("the night before was missed, and is not too old")
        .contains(day.minusDays(1));
    night.run(day.minusDays(1));
    assertThat(night.due()).isEmpty();
    now = now.plus(Duration.ofHours(2));
    assertThat(night.due()).contains(day);
    night.run(day);
    assertThat(night.due()).as("done").isEmpty();
    TestOutputs.update(
        outputs.control(),
        "UPDATE acceptance_node SET started_at = '%s'"
            .formatted(LocalDateTime.ofInstant(now.plusSeconds(1), ZoneOffset.UTC)));
    TestOutputs.update(outputs.control(), "DELETE FROM report");
    assertThat(night.due()).as("no router was there yet").isEmpty();
  }

  @Test
  void nightWaitsForAPathThatIsBehindButNotForEver() throws SQLException {
    NightlyComparison night = night(settings(null, On.FAIL));
    Instant midnight = day.plusDays(1).atStartOfDay(ZONE).toInstant();
    writtenUntil = midnight.minusMillis(1);
    assertThat(night.due()).isEmpty();
    writtenUntil = midnight;
    assertThat(night.due()).contains(day);
    writtenUntil = midnight.minusMillis(1);
    now = now.plus(Duration.ofHours(1));
    assertThat(night.due()).as("a late report is better than none").contains(day);
  }

  @Test
  void nightWithoutAReportIsOverdueOnceItHadItsTime() throws Exception {
    NightlyComparison night = night(settings(null, On.FAIL));
    assertThat(night.overdue()).as("the night before").contains(day.minusDays(1));
    night.run(day.minusDays(1));
    assertThat(night.overdue()).as("due just now").isEmpty();
    now = now.plus(Duration.ofHours(3));
    assertThat(night.overdue()).contains(day);
    now = now.plus(Duration.ofMinutes(21 * 60 - 1));
    assertThat(night.due()).as("the next hour is near").isEmpty();
    assertThat(night.overdue()).as("it has no report, all the same").contains(day);
    night.run(day);
    assertThat(night.overdue()).isEmpty();
    TestOutputs.update(outputs.control(), "DELETE FROM report");
    TestOutputs.update(
        outputs.control(),
        "UPDATE acceptance_node SET started_at = '%s'"
            .formatted(LocalDateTime.ofInstant(now.plusSeconds(1), ZoneOffset.UTC)));
    assertThat(night.overdue()).as("no router was there yet").isEmpty();
  }

  @Test
  void daysHaveAsManyHoursAsTheirZoneGivesThem() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    var spring = NightlyComparison.window(LocalDate.parse("2026-03-29"), berlin);
    assertThat(Duration.between(spring.from(), spring.to())).isEqualTo(Duration.ofHours(23));
    var autumn = NightlyComparison.window(LocalDate.parse("2026-10-25"), berlin);
    assertThat(Duration.between(autumn.from(), autumn.to())).isEqualTo(Duration.ofHours(25));
  }

  @Test
  void oneOfManyRoutersReportsAndTheRobotHearsOfAFailure() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    List<Integer> answers = new CopyOnWriteArrayList<>(List.of(500, 200));
    NightlySettings settings = settings(robot(heard, answers), On.FAIL);
    List<AcceptedRecord> records = new SampleRecords(3).crowded(3_000);
    new Output(outputs.legacy()).write(records);
    new Output(outputs.stream()).write(records);
    int lost =
        TestOutputs.update(outputs.stream(), "DELETE FROM t_user_health_data ORDER BY id LIMIT 90");
    List<Nightly> routers = new ArrayList<>();
    for (int router = 0; router < 3; router++) {
      routers.add(nightly(settings));
    }
    routers.forEach(Nightly::start);
    try {
      await().atMost(Duration.ofMinutes(3)).until(() -> heard.size() == 2);
    } finally {
      routers.forEach(Nightly::close);
    }
    assertThat(reports.latest(10)).hasSize(1);
    NightlyReport report = reports.latest(10).getFirst();
    assertThat(report.day()).isEqualTo(day);
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.unexplained()).isEqualTo(lost);
    JsonNode message = new ObjectMapper().readTree(heard.getLast());
    assertThat(heard.getFirst()).as("told again after an error").isEqualTo(heard.getLast());
    assertThat(message.at("/text/content").asText())
        .contains("FAIL", day.toString(), "https://night.example/reports/" + report.id());
  }

  @Test
  void robotHearsNothingOfAGoodNightUnlessItWantsTo() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    NightlyReport quiet = night(settings(null, On.FAIL)).run(day);
    assertThat(new Webhook(settings(robot(heard, List.of(200)), On.FAIL).webhook()).tell(quiet))
        .isFalse();
    assertThat(heard).isEmpty();
    assertThat(
            new Webhook(settings(robot(heard, List.of(200)), On.EVERY_RUN).webhook()).tell(quiet))
        .isTrue();
    assertThat(heard).hasSize(1);
  }

  @Test
  void pageShowsWhatAPersonNeedsAndNoValueOfADevice() throws Exception {
    List<AcceptedRecord> records = new SampleRecords(5).crowded(20_000);
    new Output(outputs.legacy()).write(records);
    new Output(outputs.stream()).write(records);
    TestOutputs.update(outputs.stream(), "DELETE FROM t_common_event ORDER BY id LIMIT 7");
    TestOutputs.update(
        outputs.legacy(),
        "UPDATE t_user_health_data SET upload_method = 'secret<b>' ORDER BY id LIMIT 40");
    TestOutputs.update(
        outputs.legacy(),
        "UPDATE t_user_health_data SET device_sn = '<script>alert(1)</script>' ORDER BY id LIMIT"
            + " 3");
    new DroppedMirrors(outputs.control())
        .keep(
            DeliveryPath.STREAM,
            records.subList(0, 400).stream().map(AcceptedRecord::acceptance).toList());
    course();
    NightlyReport report = night(settings(null, On.FAIL)).run(day);
    String html = reports.html(report.id()).orElseThrow();
    Files.writeString(Path.of("target", "report.html"), html);
    assertThat(html)
        .contains(
            "May we advance?",
            "not measured on both paths",
            "Consistency, night by night",
            "Consistency through the window",
            "Accept to row, health",
            "Differences by kind",
            "Differences by field",
            "Differences by cohort",
            "Differences by reason",
            "upload_method",
            "&lt;script&gt;")
        .doesNotContain("secret", "<script", "src=", "href=");
    JsonNode json = new ObjectMapper().readTree(reports.json(report.id()).orElseThrow());
    assertThat(json.at("/verdict").asText()).isEqualTo(report.verdict().name());
    assertThat(json.at("/advice/0/checks/0/name").asText()).isEqualTo("latency");
    assertThat(json.toString()).doesNotContain("secret");
  }

  /** No night is due: there may be none for months. */
  @Test
  void whatIsOldIsForgottenWithoutANight() throws Exception {
    night(settings(null, On.FAIL)).run(day);
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO accounting VALUES ('2020-01-01', 'gone', 'HEALTH', 'LEGACY', 1, 1, 0, 0, 0,"
            + " 0)");
    letter("open", "OPEN", now.minus(Duration.ofDays(500)));
    letter("young", "DISCARDED", now.minus(Duration.ofDays(89)));
    letter("old", "DISCARDED", now.minus(Duration.ofDays(91)));
    letter("done", "REDRIVEN", now.minus(Duration.ofDays(91)));
    int many = 2_500;
    for (int i = 0; i < many; i += 500) {
      TestOutputs.update(
          outputs.control(),
          "INSERT INTO accounted_segment VALUES "
              + IntStream.range(i, i + 500)
                  .mapToObj("('old-%d', '2020-01-01')"::formatted)
                  .collect(Collectors.joining(",")));
    }
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO difference (comparison_id, table_name, id, class, looks, device_sn, served_by,"
            + " urgent, stamp, columns, fields) SELECT id, 't_common_event', UNHEX(MD5(id)),"
            + " 'FIELDS_DIFFER', 2, 'OLD', 'LEGACY', FALSE, 1, '', '[]' FROM comparison");
    try (Retention one = retention();
        Retention other = retention()) {
      one.start();
      other.start();
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> number("SELECT COUNT(*) FROM accounted_segment") == 0);
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> number("SELECT COUNT(*) FROM dead_letter") == 2);
      assertThat(number("SELECT COUNT(*) FROM accounting")).isZero();
      assertThat(number("SELECT COUNT(*) FROM dead_letter WHERE reason IN ('open', 'young')"))
          .isEqualTo(2);
      assertThat(reports.latest(10)).as("young").hasSize(1);
      now = now.plus(Duration.ofDays(91));
      await().atMost(Duration.ofMinutes(3)).until(() -> reports.latest(10).isEmpty());
      assertThat(number("SELECT COUNT(*) FROM comparison")).isZero();
      assertThat(number("SELECT COUNT(*) FROM difference")).isZero();
    }
  }

  @Test
  void oneRouterForgetsAtATime() throws Exception {
    letter("old", "DISCARDED", now.minus(Duration.ofDays(91)));
    SimpleLock held =
        locks(outputs)
            .lock(
                new LockConfiguration(
                    InstantSource.system().instant(),
                    "retention",
                    Duration.ofMinutes(5),
                    Duration.ZERO))
            .orElseThrow();
    AtomicInteger looks = new AtomicInteger();
    LockProvider counting =
        configuration -> {
          looks.incrementAndGet();
          return locks(outputs).lock(configuration);
        };
    try (Retention retention = retention(counting)) {
      retention.start();
      await().atMost(Duration.ofMinutes(3)).until(() -> looks.get() > 2);
      assertThat(number("SELECT COUNT(*) FROM dead_letter")).isEqualTo(1);
      held.unlock();
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> number("SELECT COUNT(*) FROM dead_letter") == 0);
    }
  }

  private Retention retention() {
    return retention(locks(outputs));
  }

  private Retention retention(LockProvider locks) {
    return new Retention(
        outputs.control(),
        new Comparisons(outputs.control(), () -> now),
        new RetentionSettings(
            Duration.ofMillis(50),
            Duration.ofDays(90),
            Duration.ofDays(90),
            Duration.ofDays(90),
            Duration.ofDays(400)),
        locks,
        () -> now,
        new Loops());
  }

  private void letter(String reason, String state, Instant at) {
    LocalDateTime then = LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO dead_letter (source, dead_key, kind, reason, attempts, body, body_format,"
            + " first_at, last_at, state, closed_at) VALUES ('STREAM', UNHEX(MD5('%s')), 'EVENT',"
                .formatted(reason)
            + " '%s', 1, '', 'json', '%s', '%s', '%s', %s)"
                .formatted(
                    reason,
                    then.minusDays(1),
                    then.minusDays(1),
                    state,
                    "OPEN".equals(state) ? "NULL" : "'" + then + "'"));
  }

  private long number(String sql) {
    return TestOutputs.number(outputs.control(), sql);
  }

  private static LockProvider locks(TestOutputs outputs) {
    return new JdbcTemplateLockProvider(
        JdbcTemplateLockProvider.Configuration.builder()
            .withTableName("work_lock")
            .withJdbcTemplate(new JdbcTemplate(outputs.control()))
            .withTransactionManager(new JdbcTransactionManager(outputs.control()))
            .usingDbTime()
            .build());
  }

  /** A day of rolling figures and a month of nights, as routers would have left them. */
  private void course() {
    Random random = new Random(1);
    Instant start = NightlyComparison.window(day, ZONE).from();
    List<String> runs = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    int id = 1_000;
    for (int step = 0; step < 96 + 29; step++) {
      boolean night = step >= 96;
      Instant from =
          night
              ? start.minus(Duration.ofDays(125 - step))
              : start.plus(Duration.ofMinutes(15L * step));
      Instant to = from.plus(night ? Duration.ofDays(1) : Duration.ofMinutes(15));
      id++;
      runs.add(
          "(%d,'%s','HEALTH,DEVICE,EVENT','%3$s','%4$s','%4$s','FINISHED','%4$s','%4$s','%4$s','{}','PASS',1,99.9)"
              .formatted(id, night ? "NIGHTLY" : "ROLLING", sql(from), sql(to)));
      for (Kind kind : Kind.values()) {
        int bad =
            night ? Math.max(0, 60 - (step - 96) * 3 + random.nextInt(9)) : step / 15 == 3 ? 9 : 0;
        kinds.add(
            "(%d,'%s',%d,0,%d,0,0,2,0,%d,0,0,0,%d,%d,40,40,0,0)"
                .formatted(
                    id,
                    kind,
                    20_000 - bad,
                    bad,
                    bad / 4,
                    900 + random.nextInt(300) + (step / 15 == 3 ? 900 : 0),
                    60 + random.nextInt(40)));
      }
    }
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO comparison (id, origin, kinds, from_at, to_at, asked_to_at, state, started_at,"
            + " updated_at, finished_at, progress, verdict, settled, target) VALUES "
            + String.join(",", runs));
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO comparison_kind (comparison_id, kind, matching, differing, missing_in_stream,"
            + " missing_in_legacy, repeated, late, not_mirrored, explained, urgent_missing,"
            + " fallbacks, stream_served, legacy_p95_ms, stream_p95_ms, planted, plants_found,"
            + " plants_invented, bare) VALUES "
            + String.join(",", kinds));
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO accounting VALUES ('%1$s','a','HEALTH','LEGACY',20100,20000,90,3,7,0),('%1$s','a','HEALTH','STREAM',20100,20010,90,0,0,0)"
            .formatted(sql(start.plusSeconds(3_600))));
  }

  private static String sql(Instant at) {
    return LocalDateTime.ofInstant(at, ZoneOffset.UTC).toString();
  }

  private NightlyComparison night(NightlySettings settings) {
    InstantSource clock = () -> now;
    return new NightlyComparison(
        outputs.control(),
        new Comparison(
            outputs.control(),
            outputs.legacy(),
            outputs.stream(),
            () -> Optional.of(Instant.MAX),
            Throttle.NONE,
            new ComparisonSettings(99.9, 100, Duration.ZERO, Duration.ZERO, Set.of(), 1_000),
            clock,
            InstanceName.unique()),
        reports,
        () -> Optional.of(writtenUntil),
        ADVISOR,
        settings,
        clock);
  }

  private Nightly nightly(NightlySettings settings) {
    InstantSource clock = () -> now;
    LockProvider locks =
        new JdbcTemplateLockProvider(
            JdbcTemplateLockProvider.Configuration.builder()
                .withTableName("work_lock")
                .withJdbcTemplate(new JdbcTemplate(outputs.control()))
                .withTransactionManager(new JdbcTransactionManager(outputs.control()))
                .usingDbTime()
                .build());
    return new Nightly(
        night(settings),
        reports,
        new Webhook(settings.webhook()),
        locks,
        clock,
        Duration.ofMillis(50),
        new SimpleMeterRegistry(),
        new Loops());
  }

  private static NightlySettings settings(@Nullable URI url, On on) {
    return new NightlySettings(
        "0 30 2 * * *",
        ZONE,
        Duration.ofHours(1),
        new NightlySettings.Webhook(
            url,
            on,
            "{\"msgtype\":\"text\",\"text\":{\"content\":\"{{text}}\"}}",
            "https://night.example/reports/"));
  }

  /** A chat robot on this machine. */
  private URI robot(List<String> heard, List<Integer> answers) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          heard.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(answers.get(Math.min(heard.size(), answers.size()) - 1), -1);
          exchange.close();
        });
    server.start();
    robot = server;
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
  }
}
