package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DbSettings;
import io.crossfade.db.Kind;
import io.crossfade.db.budget.BudgetSettings;
import io.crossfade.db.control.LetterSettings;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.nightly.NightlySettings;
import io.crossfade.reconciler.nightly.RetentionSettings;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.CheckSettings;
import io.crossfade.router.gates.GateSettings;
import io.crossfade.router.operator.OperatorSettings;
import io.crossfade.router.rollout.RolloutSettings;
import io.crossfade.stream.StreamSettings;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** Defaults bind, every key binds, and bad values are refused under their key. */
class SettingsTest {

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({
    RouterSettings.class,
    RolloutSettings.class,
    GateSettings.class,
    CheckSettings.class,
    OperatorSettings.class,
    NightlySettings.class,
    RetentionSettings.class,
    StreamSettings.class,
    DbSettings.class,
    LetterSettings.class,
    BudgetSettings.class,
    ComparisonSettings.class
  })
  static class AllSettings {}

  private static final String HASH = "$2a$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(AllSettings.class)
          .withPropertyValues(
              "crossfade.db.control.url=jdbc:mysql://h:3306/c",
              "crossfade.db.control.username=u",
              "crossfade.db.legacy.url=jdbc:mysql://h/l",
              "crossfade.db.legacy.username=u",
              "crossfade.db.stream.url=jdbc:mysql://h/s?x=y",
              "crossfade.db.stream.username=u");

  private static final String TOKEN = "a-token-that-is-long";

  @Test
  void defaultsBind() {
    runner.run(
        context -> {
          RouterSettings router = context.getBean(RouterSettings.class);
          assertThat(router.accept()).isTrue();
          assertThat(router.zone()).isEqualTo(ZoneId.of("Asia/Shanghai"));
          assertThat(router.urgentEvents())
              .containsExactlyInAnyOrder("SOS_EVENT", "FALLDOWN_EVENT", "ONE_KEY_ALARM");
          assertThat(router.maxBody()).isEqualTo(DataSize.ofMegabytes(2));
          assertThat(context.getBean(BudgetSettings.class))
              .isEqualTo(
                  new BudgetSettings(
                      0.35,
                      DataSize.ofKilobytes(64),
                      DataSize.ofKilobytes(256),
                      Duration.ofSeconds(10),
                      DataSize.ofKilobytes(2),
                      Duration.ofMinutes(2)));
          StreamSettings stream = context.getBean(StreamSettings.class);
          assertThat(stream)
              .isEqualTo(
                  new StreamSettings(
                      "",
                      true,
                      false,
                      4,
                      Duration.ofSeconds(30),
                      Duration.ofHours(24),
                      Duration.ofSeconds(1),
                      20_000,
                      DataSize.ofBytes(0),
                      8,
                      1));
          assertThat(context.getBean(RolloutSettings.class))
              .isEqualTo(
                  new RolloutSettings(
                      Stage.LEGACY,
                      Duration.ofMinutes(1),
                      Duration.ofSeconds(10),
                      Set.of(Kind.values()),
                      RolloutSettings.Depth.SHADOW,
                      Set.of(),
                      List.of(
                          new BigDecimal(10),
                          new BigDecimal(30),
                          new BigDecimal(50),
                          new BigDecimal(100)),
                      Duration.ofDays(7),
                      Path.of("data/flags")));
          assertThat(context.getBean(GateSettings.class))
              .isEqualTo(
                  new GateSettings(
                      99.9,
                      Duration.ofDays(7),
                      Duration.ofMinutes(1),
                      0.5,
                      0.1,
                      2,
                      1_000,
                      1_000,
                      Duration.ofMinutes(5)));
          assertThat(context.getBean(OperatorSettings.class).users()).isEmpty();
          assertThat(context.getBean(OperatorSettings.class).trustedProxies()).isEmpty();
          assertThat(context.getBean(LetterSettings.class))
              .isEqualTo(
                  new LetterSettings(6_000, DataSize.ofGigabytes(1), DataSize.ofKilobytes(256)));
          DbSettings db = context.getBean(DbSettings.class);
          assertThat(db.migrate()).isTrue();
          assertThat(db.migration()).isNull();
          assertThat(db.control().connections()).isEqualTo(12);
        });
  }

  @Test
  void everyKeyBinds() {
    runner
        .withPropertyValues(
            "crossfade.router.accept=false",
            "crossfade.router.zone=Europe/Berlin",
            "crossfade.router.urgent-events=A,B",
            "crossfade.router.max-body=1KB",
            "crossfade.router.max-nesting=9",
            "crossfade.router.max-items=3",
            "crossfade.router.max-clock-ahead=2h",
            "crossfade.router.patience=1s",
            "crossfade.router.device-tokens=" + TOKEN,
            "crossfade.reconciler.nightly.cron=-",
            "crossfade.reconciler.nightly.zone=UTC",
            "crossfade.reconciler.retention.every=1h",
            "crossfade.reconciler.retention.runs=2d",
            "crossfade.reconciler.retention.accounts=3d",
            "crossfade.reconciler.retention.letters=4d",
            "crossfade.reconciler.retention.audit=5d",
            "crossfade.reconciler.nightly.webhook.url=https://robot.example/secret",
            "crossfade.reconciler.nightly.webhook.on=every_run",
            "crossfade.rollout.initial=shadow",
            "crossfade.rollout.compare-every=2m",
            "crossfade.reconciler.target=99.5",
            "crossfade.reconciler.explained=2.5",
            "crossfade.reconciler.settle=1s",
            "crossfade.reconciler.patience=2s",
            "crossfade.reconciler.urgent-events=C",
            "crossfade.reconciler.busy-threads=7",
            "crossfade.rollout.decide-every=3s",
            "crossfade.rollout.automatic-rollback=event",
            "crossfade.rollout.rollback-to=one-stage",
            "crossfade.rollout.planned-kinds=device",
            "crossfade.rollout.plan=5,100",
            "crossfade.rollout.plan-soak=4h",
            "crossfade.rollout.directory=/var/lib/crossfade",
            "crossfade.gates.consistency=99",
            "crossfade.gates.soak=1d",
            "crossfade.gates.backlog-age=9s",
            "crossfade.gates.latency-ratio=1.5",
            "crossfade.gates.errors=0.2",
            "crossfade.gates.throughput-ratio=3",
            "crossfade.gates.legacy-held=4",
            "crossfade.gates.samples=5",
            "crossfade.gates.freshness=6m",
            "crossfade.operator.users.ann.password=" + HASH,
            "crossfade.operator.users.ann.role=operator",
            "crossfade.operator.trusted-proxies=10.0.0.7,fd00::/8",
            "crossfade.letters.per-minute=7",
            "crossfade.letters.max-bytes=8MB",
            "crossfade.letters.max-body=9KB",
            "crossfade.stream.key-prefix=p:",
            "crossfade.stream.consume=false",
            "crossfade.stream.validate-only=true",
            "crossfade.stream.max-consumers=2",
            "crossfade.stream.claim-idle=5s",
            "crossfade.stream.retention=1h",
            "crossfade.stream.append-timeout=9ms",
            "crossfade.stream.max-in-flight=7",
            "crossfade.stream.max-bytes=3MB",
            "crossfade.stream.max-deliveries=5",
            "crossfade.stream.partitions=12",
            "crossfade.budget.heap-share=0.5",
            "crossfade.budget.max-record=1KB",
            "crossfade.budget.max-fact=2KB",
            "crossfade.budget.body-patience=3s",
            "crossfade.budget.body-rate=4KB",
            "crossfade.budget.body-deadline=5s",
            "crossfade.db.migrate=false",
            "crossfade.db.migration.username=m",
            "crossfade.db.migration.password=secret",
            "crossfade.db.control.password=secret",
            "crossfade.db.control.connections=3")
        .run(
            context -> {
              assertThat(context.getBean(RouterSettings.class))
                  .isEqualTo(
                      new RouterSettings(
                          false,
                          ZoneId.of("Europe/Berlin"),
                          Set.of("A", "B"),
                          DataSize.ofKilobytes(1),
                          9,
                          3,
                          Set.of(TOKEN),
                          Duration.ofHours(2),
                          Duration.ofSeconds(1)));
              assertThat(context.getBean(RouterSettings.class).toString()).doesNotContain(TOKEN);
              assertThat(context.getBean(RetentionSettings.class))
                  .isEqualTo(
                      new RetentionSettings(
                          Duration.ofHours(1),
                          Duration.ofDays(2),
                          Duration.ofDays(3),
                          Duration.ofDays(4),
                          Duration.ofDays(5)));
              NightlySettings nightly = context.getBean(NightlySettings.class);
              assertThat(nightly.cron()).isEqualTo("-");
              assertThat(nightly.zone()).isEqualTo(ZoneId.of("UTC"));
              assertThat(nightly.webhook().on()).isEqualTo(NightlySettings.On.EVERY_RUN);
              assertThat(nightly.toString()).doesNotContain("robot.example");
              assertThat(context.getBean(StreamSettings.class))
                  .isEqualTo(
                      new StreamSettings(
                          "p:",
                          false,
                          true,
                          2,
                          Duration.ofSeconds(5),
                          Duration.ofHours(1),
                          Duration.ofMillis(9),
                          7,
                          DataSize.ofMegabytes(3),
                          5,
                          12));
              assertThat(context.getBean(RolloutSettings.class))
                  .isEqualTo(
                      new RolloutSettings(
                          Stage.SHADOW,
                          Duration.ofMinutes(2),
                          Duration.ofSeconds(3),
                          Set.of(Kind.EVENT),
                          RolloutSettings.Depth.ONE_STAGE,
                          Set.of(Kind.DEVICE),
                          List.of(new BigDecimal(5), new BigDecimal(100)),
                          Duration.ofHours(4),
                          Path.of("/var/lib/crossfade")));
              assertThat(context.getBean(ComparisonSettings.class))
                  .isEqualTo(
                      new ComparisonSettings(
                          99.5, 2.5, Duration.ofSeconds(1), Duration.ofSeconds(2), Set.of("C"), 7));
              assertThat(context.getBean(GateSettings.class))
                  .isEqualTo(
                      new GateSettings(
                          99,
                          Duration.ofDays(1),
                          Duration.ofSeconds(9),
                          1.5,
                          0.2,
                          3,
                          4,
                          5,
                          Duration.ofMinutes(6)));
              assertThat(context.getBean(OperatorSettings.class).users())
                  .containsEntry(
                      "ann", new OperatorSettings.User(HASH, OperatorSettings.Role.OPERATOR));
              assertThat(context.getBean(OperatorSettings.class).toString()).doesNotContain(HASH);
              assertThat(context.getBean(LetterSettings.class))
                  .isEqualTo(
                      new LetterSettings(7, DataSize.ofMegabytes(8), DataSize.ofKilobytes(9)));
              assertThat(context.getBean(BudgetSettings.class))
                  .isEqualTo(
                      new BudgetSettings(
                          0.5,
                          DataSize.ofKilobytes(1),
                          DataSize.ofKilobytes(2),
                          Duration.ofSeconds(3),
                          DataSize.ofKilobytes(4),
                          Duration.ofSeconds(5)));
              DbSettings db = context.getBean(DbSettings.class);
              assertThat(db.migrate()).isFalse();
              assertThat(db.control().connections()).isEqualTo(3);
              assertThat(db.toString()).as("no password is ever printed").doesNotContain("secret");
            });
  }

  /** Somebody will write the password itself there, and the log is read by others. */
  @Test
  void whatIsNoHashIsNotShown() {
    runner
        .withPropertyValues("crossfade.operator.users.ann.password=hunter2")
        .run(
            context -> {
              assertThat(context).hasFailed();
              for (Throwable e = context.getStartupFailure(); e != null; e = e.getCause()) {
                assertThat(e.toString()).doesNotContain("hunter2");
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "crossfade.router.max-nesting, 7, crossfade.router.maxNesting",
    "crossfade.rollout.initial, canary, crossfade.rollout.initialAStageForAll",
    "crossfade.rollout.plan, 101, crossfade.rollout.plan",
    "crossfade.rollout.compare-every, 1ms, crossfade.rollout.compareEvery",
    "crossfade.gates.consistency, 101, crossfade.gates.consistency",
    "crossfade.gates.samples, 0, crossfade.gates.samples",
    "crossfade.reconciler.target, 101, crossfade.reconciler.target",
    "crossfade.reconciler.busy-threads, 0, crossfade.reconciler.busyThreads",
    "crossfade.operator.users.ann.password, secret, crossfade.operator.users.ann.password",
    "crossfade.router.max-clock-ahead, -1s, crossfade.router.maxClockAhead",
    "crossfade.router.patience, -1s, crossfade.router.patience",
    "crossfade.router.device-tokens, short, crossfade.router.deviceTokens",
    "crossfade.operator.users.ann.password,"
        + " $2y$09$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234,"
        + " crossfade.operator.users.ann.password",
    "crossfade.operator.users.ann.role, viewer, crossfade.operator.users.ann.password",
    "crossfade.operator.login-failures, 0, crossfade.operator.loginFailures",
    "crossfade.operator.trusted-proxies, 10.0.0.0/33, crossfade.operator.trustedProxies",
    "crossfade.operator.trusted-proxies, proxy.internal, crossfade.operator.trustedProxies",
    "crossfade.reconciler.nightly.cron, every night, crossfade.reconciler.nightly",
    "crossfade.reconciler.nightly.webhook.url, ftp://x, crossfade.reconciler.nightly.webhook",
    "crossfade.reconciler.nightly.webhook.template, {{nothing}},"
        + " crossfade.reconciler.nightly.webhook",
    "crossfade.letters.per-minute, 0, crossfade.letters.perMinute",
    "crossfade.letters.max-bytes, 0B, crossfade.letters.maxBytes",
    "crossfade.letters.max-body, 65MB, crossfade.letters.maxBody",
    "crossfade.stream.key-prefix, a b, crossfade.stream.keyPrefix",
    "crossfade.stream.max-consumers, 0, crossfade.stream.maxConsumers",
    "crossfade.stream.claim-idle, 1ms, crossfade.stream.claimIdle",
    "crossfade.stream.retention, 0s, crossfade.stream.retention",
    "crossfade.stream.partitions, 0, crossfade.stream.partitions",
    "crossfade.stream.partitions, 4097, crossfade.stream.partitions",
    "crossfade.reconciler.retention.runs, 1h, crossfade.reconciler.retention.runs",
    "crossfade.db.control.url, jdbc:postgresql://h/c, crossfade.db.control.url",
    "crossfade.db.stream.connections, 0, crossfade.db.stream.connections",
    "crossfade.budget.heap-share, 0, crossfade.budget.heapShare",
    "crossfade.budget.body-patience, 0s, crossfade.budget.bodyPatience",
    "crossfade.router.zone, Mars/Olympus, crossfade.router.zone"
  })
  void badValuesAreRefusedUnderTheirKey(String key, String value, String named) {
    runner
        .withPropertyValues(key + "=" + value)
        .run(
            context -> {
              assertThat(context).hasFailed();
              StringBuilder messages = new StringBuilder();
              for (Throwable e = context.getStartupFailure(); e != null; e = e.getCause()) {
                messages.append(e).append('\n');
              }
              assertThat(messages.toString().replace("-", "").toLowerCase(java.util.Locale.ROOT))
                  .contains(
                      named
                          .substring(named.lastIndexOf('.') + 1)
                          .toLowerCase(java.util.Locale.ROOT))
                  .contains(named.substring(0, named.lastIndexOf('.')));
            });
  }

  @Test
  void checksOfOnesOwnBind() {
    runner.run(context -> assertThat(context.getBean(CheckSettings.class).checks()).isEmpty());
    String first = "crossfade.gates.checks[0].";
    runner
        .withPropertyValues(
            first + "name=errors",
            first + "prometheus=http://prometheus:9090",
            first + "query=sum(rate(errors{job=\"a\"}[5m]))",
            first + "at-most=0.5",
            first + "login.username=ann",
            first + "login.password=secret",
            "crossfade.gates.checks[1].name=stock",
            "crossfade.gates.checks[1].kind=event",
            "crossfade.gates.checks[1].url=https://shop.example/health?deep=1",
            "crossfade.gates.checks[1].json=/stock",
            "crossfade.gates.checks[1].at-least=5",
            "crossfade.gates.checks[1].at-most=9",
            "crossfade.gates.checks[1].every=1m",
            "crossfade.gates.checks[1].timeout=2s",
            "crossfade.gates.checks[1].failure-limit=3",
            "crossfade.gates.checks[1].inconclusive-limit=4",
            "crossfade.gates.checks[1].dry-run=true",
            "crossfade.gates.checks[1].rolls-back=true",
            "crossfade.gates.checks[1].login.bearer-token=" + TOKEN)
        .run(
            context -> {
              CheckSettings settings = context.getBean(CheckSettings.class);
              assertThat(settings.checks())
                  .containsExactly(
                      new CheckSettings.Check(
                          "errors",
                          null,
                          URI.create("http://prometheus:9090"),
                          "sum(rate(errors{job=\"a\"}[5m]))",
                          null,
                          "",
                          null,
                          0.5,
                          Duration.ofSeconds(30),
                          Duration.ofSeconds(5),
                          0,
                          0,
                          false,
                          false,
                          new CheckSettings.Login("ann", "secret", null)),
                      new CheckSettings.Check(
                          "stock",
                          Kind.EVENT,
                          null,
                          null,
                          URI.create("https://shop.example/health?deep=1"),
                          "/stock",
                          5.0,
                          9.0,
                          Duration.ofMinutes(1),
                          Duration.ofSeconds(2),
                          3,
                          4,
                          true,
                          true,
                          new CheckSettings.Login(null, null, TOKEN)));
              assertThat(settings.toString()).doesNotContain("secret", TOKEN, "shop.example");
            });
  }

  /** Nothing of what was given is shown: it may be a password. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name=Ärger                                 | name must be
          name=                                      | name must be
          url=                                       | prometheus or url must be set
          prometheus=http://hunter2:9090             | prometheus or url must be set
          url=http://ann:hunter2@shop/health         | url must be like
          url=ftp://hunter2/health                   | url must be like
          url=/hunter2                               | url must be like
          query=hunter2                              | query is for prometheus
          json=hunter2                               | json must be a JSON pointer
          at-most=                                   | at-most or at-least must be set
          at-most=NaN                                | at-most and at-least must be numbers
          at-least=8                                 | at-least must not be above at-most
          every=1ms                                  | every must be
          timeout=2m                                 | timeout must be
          failure-limit=-1                           | failure-limit must be
          inconclusive-limit=1001                    | inconclusive-limit must be
          login.password=hunter2                     | login.username and login.password
          login.bearer-token=hunter2 and more        | login.bearer-token must be
          """)
  void badCheckIsRefusedUnderItsKey(String setting, String named) {
    runner
        .withPropertyValues(
            "crossfade.gates.checks[0].name=stock",
            "crossfade.gates.checks[0].url=http://shop/health",
            "crossfade.gates.checks[0].at-most=7")
        .withPropertyValues("crossfade.gates.checks[0]." + setting)
        .run(context -> assertRefused(context, "crossfade.gates.checks[0]." + named));
  }

  @Test
  void twoChecksOfOneNameAreRefused() {
    runner
        .withPropertyValues(
            "crossfade.gates.checks[0].name=stock",
            "crossfade.gates.checks[0].url=http://shop/health",
            "crossfade.gates.checks[0].at-most=7",
            "crossfade.gates.checks[1].name=stock",
            "crossfade.gates.checks[1].prometheus=http://shop/health",
            "crossfade.gates.checks[1].query=hunter2",
            "crossfade.gates.checks[1].at-most=7")
        .run(context -> assertRefused(context, "crossfade.gates.checks[1].name must differ"));
  }

  private static void assertRefused(AssertableApplicationContext context, String why) {
    assertThat(context).hasFailed();
    StringBuilder messages = new StringBuilder();
    for (Throwable e = context.getStartupFailure(); e != null; e = e.getCause()) {
      messages.append(e).append('\n');
    }
    assertThat(messages.toString()).contains(why).doesNotContain("hunter2");
  }

  @Test
  void noKindGoesBackByItselfWhereNoneIsNamed() {
    runner
        .withPropertyValues("crossfade.rollout.automatic-rollback=")
        .run(
            context ->
                assertThat(context.getBean(RolloutSettings.class).automaticRollback()).isEmpty());
  }
}
