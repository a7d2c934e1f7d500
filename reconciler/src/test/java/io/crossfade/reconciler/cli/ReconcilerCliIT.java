package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DbSettings;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.cli.Cli.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReconcilerCliIT {

  private static final String[] ALWAYS = {
    "compare", "--drained", "--from", "2000-01-01", "--to", "2100-01-01"
  };

  private TestOutputs outputs;
  private Cli cli;

  @BeforeEach
  void open() {
    outputs = new TestOutputs();
    cli = new Cli(outputs.settings());
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void exitCodesTellAShellWhatAPersonReads() throws Exception {
    assertThat(compare()).as("nothing to compare").returns(2, Said::code);
    fill(4_000);
    assertThat(compare())
        .returns(0, Said::code)
        .returns("", Said::err)
        .extracting(Said::out)
        .asString()
        .contains("verdict PASS")
        .endsWith("consistency 100.000 %\n");
    delete("stream", 100);
    assertThat(compare())
        .returns(1, Said::code)
        .extracting(Said::out)
        .asString()
        .contains("verdict FAIL");
  }

  @Test
  void fewRowsAreNoProof() throws Exception {
    fill(20);
    assertThat(compare()).returns(2, Said::code);
  }

  @Test
  void withoutARouterNobodyKnowsWhatIsWritten() throws Exception {
    fill(10);
    Said said = cli.run("compare", "--from", "2000-01-01", "--set", PATIENCE);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.out()).contains("unknown: nothing to compare");
  }

  @Test
  void windowInTheFutureIsEmpty() throws Exception {
    fill(10);
    Said said = cli.run("compare", "--drained", "--from", "2099-01-01", "--to", "2099-01-02");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.out()).contains("unknown: nothing to compare");
  }

  @Test
  void whatCannotBeFoundOutIsNoVerdict() {
    assertThat(cli.run("compare")).returns(3, Said::code);
    assertThat(cli.run("compare", "--from", "yesterday"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("'yesterday' is no moment");
    assertThat(cli.run("compare", "--from", "2026-01-02", "--to", "2026-01-01"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("before it starts");
    assertThat(cli.run("compare", "--from", "2026-01-01", "--kind", "sleep"))
        .returns(3, Said::code);
    assertThat(cli.run("fly")).returns(3, Said::code);
    assertThat(cli.run("repair", "--run", "99", "--all", "--dry-run"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("There is no run 99");
    assertThat(cli.run("repair", "--run", "99")).returns(3, Said::code);
    assertThat(cli.run("repair", "--run", "99", "--apply"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("needs a --reason");
    assertThat(cli.run("repair", "--run", "99", "--all", "--apply", "--reason", "x"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("needs the --preview");
  }

  @Test
  void databaseThatIsAwayIsNamedInOneLine() {
    DbSettings.Schema there = outputs.settings().stream();
    String nobody = "crossfade.db.stream.url=jdbc:mysql://127.0.0.1:1/nobody";
    Said said =
        new Cli(outputs.settings(), nobody).run("compare", "--drained", "--from", "2000-01-01");
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err()).startsWith("error: stream").doesNotContain(there.password());
    assertThat(said.err().strip().lines()).hasSize(1);
  }

  @Test
  void settingThatCannotBeIsNamed() {
    Said said =
        new Cli(outputs.settings(), "crossfade.db.stream.url=somewhere")
            .run("compare", "--drained", "--from", "2000-01-01");
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err())
        .isEqualTo("error: crossfade.db.stream.url must look like jdbc:mysql://host:port/schema\n");
    assertThat(said.out()).isEmpty();
  }

  /** As a router does: never as whoever is logged in at this machine. */
  @Test
  void userThatNobodyNamedIsCrossfade() {
    DbSettings there = outputs.settings();
    Said said =
        Cli.run(
            List.of(
                "pause",
                "--reason=x",
                "--set=crossfade.db.control.url=" + there.control().url(),
                "--set=crossfade.db.legacy.url=" + there.legacy().url(),
                "--set=crossfade.db.stream.url=" + there.stream().url()));
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err()).contains("user 'crossfade'@");
    assertThat(said.err().strip().lines()).hasSize(1);
  }

  @Test
  void mistakeIsOneLineWithAHint() {
    assertThat(Cli.run(List.of("comprae")).err().strip().lines())
        .singleElement()
        .asString()
        .startsWith("error: ")
        .contains("did you mean", "compare", "'reconciler --help'");
    assertThat(Cli.run(List.of("repair", "--run", "x")).err().strip().lines())
        .singleElement()
        .asString()
        .contains("'x' is not a long", "'reconciler repair --help'");
  }

  @Test
  void driftIsNamedColumnByColumnBeforeAnythingIsCompared() throws Exception {
    fill(10);
    String stream = TestDatabase.nameOf(outputs.settings().stream());
    try (var admin = TestDatabase.admin();
        var statement = admin.createStatement()) {
      statement.execute("ALTER TABLE " + stream + ".t_user_health_data MODIFY heart_rate BIGINT");
      statement.execute("ALTER TABLE " + stream + ".t_common_event DROP COLUMN altitude");
    }
    Said said = compare();
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err())
        .contains("t_user_health_data", "heart_rate", "t_common_event", "altitude");
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM comparison")).isZero();
  }

  @Test
  void everyFormatHasEveryDifference() throws Exception {
    fill(2_600);
    delete("stream", 2_500);
    TestOutputs.update(
        outputs.legacy(), "UPDATE t_common_event SET device_sn = '=1+1' WHERE device_sn = 'CLI7'");
    TestOutputs.update(
        outputs.legacy(),
        "UPDATE t_common_event SET device_sn = CONCAT('a;=1+1', CHAR(27), '[2J') WHERE device_sn ="
            + " 'CLI8'");
    String csv = compare("--format", "csv").out();
    assertThat(csv)
        .as("no spreadsheet computes it, no terminal obeys it")
        .contains("a;'=1+1\\u001b[2J")
        .doesNotContain("a;=1+1", "\u001b");
    assertThat(csv).startsWith("table,id,class,explanation,repaired,device_sn,served_by,urgent");
    assertThat(csv.lines().filter(line -> line.contains("MISSING_IN_STREAM"))).hasSize(2_500);
    assertThat(csv).contains("FIELDS_DIFFER", "device_sn==1+1", ",\"'=1+1\",");
    var json = new ObjectMapper().readTree(compare("--format", "json").out());
    assertThat(json.at("/verdict").asText()).isEqualTo("FAIL");
    assertThat(json.at("/kinds/health/tables/0/differences/MISSING_IN_STREAM").asLong())
        .isEqualTo(2_500);
    String html = compare("--format", "html").out();
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("Do the two outputs agree?", "FAIL", "<svg", "missing in stream");
    assertThat(html).as("opens offline").doesNotContain("src=", "href=", "<script", "url(");
    Said counted = compare("--count-only");
    assertThat(counted.code()).isEqualTo(1);
    assertThat(counted.out()).containsPattern("t_user_health_data +2600 +100");
    assertThat(compare("--count-only", "--kind", "event").code())
        .as("equal counts prove nothing")
        .isEqualTo(2);
  }

  @Test
  void repairBringsRowsOverVerifiesAndIsRecorded() throws Exception {
    fill(3_000);
    delete("stream", 30);
    delete("legacy", 10);
    TestOutputs.update(
        outputs.stream(),
        "UPDATE t_common_event SET event_value = 'wrong' WHERE device_sn = 'CLI5'");
    assertThat(compare()).returns(1, Said::code);
    long run = TestOutputs.number(outputs.control(), "SELECT MAX(id) FROM comparison");

    Said dry = cli.run("repair", "--run", String.valueOf(run), "--all", "--dry-run");
    assertThat(dry.code()).isZero();
    assertThat(dry.out().lines().filter(line -> line.contains("INSERT"))).hasSizeGreaterThan(39);
    assertThat(dry.out())
        .contains("10 rows would be brought to the legacy output, 30 to the stream output");
    assertThat(TestOutputs.count(outputs.stream(), io.crossfade.db.Kind.HEALTH))
        .as("a dry run changes nothing")
        .isEqualTo(2_970);

    assertThat(cli.run("repair", "--run", "" + run, "--dry-run").err()).contains("Say which rows");
    assertThat(
            cli.run(
                "repair", "--run", "" + run, "--all", "--apply", "--reason", "x", "--preview", "0"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("it has 41 rows now");
    Said some =
        cli.run("repair", "--run", "" + run, "--kind", "event", "--urgent", "true", "--dry-run");
    assertThat(some.out()).contains("-- 0 rows are selected");
    Said applied = apply(run, "--all", "--actor", "ann", "--reason", "night shift");
    assertThat(applied.out())
        .contains("1 left alone", "because rows still differ after the repair")
        .endsWith("1 of these 41 rows differ\n");
    assertThat(applied.code()).isEqualTo(1);
    assertThat(TestOutputs.count(outputs.stream(), io.crossfade.db.Kind.HEALTH)).isEqualTo(3_000);
    assertThat(TestOutputs.count(outputs.legacy(), io.crossfade.db.Kind.HEALTH)).isEqualTo(3_000);

    Said preferred =
        apply(run, "--column", "event_value", "--prefer", "legacy", "--reason", "the old one");
    assertThat(preferred.out()).contains("1 to the stream output; 0 left alone");
    assertThat(preferred.out())
        .contains("verdict PASS", "consistency 100.000 %")
        .endsWith("0 of these 1 rows differ\n");
    assertThat(preferred.code()).as("whatever the window's size").isZero();
    assertThat(
            TestOutputs.number(
                outputs.stream(),
                "SELECT COUNT(*) FROM t_common_event WHERE event_value = 'wrong'"))
        .isZero();
    Said again = apply(run, "--all", "--reason", "once more");
    assertThat(again.out()).contains("0 rows were brought").contains("0 to the stream output");
    assertThat(
            TestOutputs.number(
                outputs.control(),
                "SELECT COUNT(*) FROM repair WHERE actor = 'ann' AND reason = 'night shift'"
                    + " AND to_legacy = 10 AND to_stream = 30 AND finished_at IS NOT NULL"))
        .isEqualTo(1);
    assertThat(
            TestOutputs.number(
                outputs.control(),
                "SELECT COUNT(*) FROM audit_log a JOIN repair r ON r.id = a.receipt WHERE"
                    + " a.action = 'REPAIR' AND a.actor = 'ann' AND a.reason = 'night shift'"
                    + " AND a.object = 'run %d'".formatted(run)))
        .isEqualTo(1);
  }

  /** Repairs what a dry run of the same has shown. */
  private Said apply(long run, String... said) {
    List<String> words = new ArrayList<>(List.of("repair", "--run", "" + run));
    words.addAll(List.of(said));
    List<String> dry = new ArrayList<>(words);
    dry.add("--dry-run");
    String shown = cli.run(dry.toArray(String[]::new)).out().strip();
    words.addAll(List.of("--apply", "--preview", shown.substring(shown.lastIndexOf(' ') + 1)));
    return cli.run(words.toArray(String[]::new));
  }

  @Test
  void anOutputWithItselfGivesNothing() throws Exception {
    assertThat(cli.run("calibrate", "--from", "2000-01-01")).returns(2, Said::code);
    fill(500);
    delete("stream", 100);
    Said said = cli.run("calibrate", "--from", "2000-01-01");
    assertThat(said.code()).isZero();
    assertThat(said.out()).containsPattern("legacy with itself: \\d+ rows, 0 differences");
  }

  @Test
  void selfTestReportsRecallAndLeavesNothingBehind() throws Exception {
    long before = schemas();
    Said refused = cli.run("selftest");
    assertThat(refused.code()).as("this user may not create schemas").isEqualTo(3);
    assertThat(refused.err()).contains("nothing was done", "GRANT ALL ON `");
    List<String> grants =
        Pattern.compile("GRANT [^;]+;")
            .matcher(refused.err())
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(grants).as("one for each schema").hasSize(3);

    // All but one right: that one is named.
    String user = outputs.settings().control().username();
    grant("GRANT ALL ON `%\\_selftest\\_%`.* TO '" + user + "'@'%'");
    grant("REVOKE CREATE VIEW ON `%\\_selftest\\_%`.* FROM '" + user + "'@'%'");
    assertThat(cli.run("selftest").err()).contains("GRANT CREATE VIEW ON `").doesNotContain("ALL");
    assertThat(schemas()).isEqualTo(before);
    grant("REVOKE ALL ON `%\\_selftest\\_%`.* FROM '" + user + "'@'%'");

    // What it says is what it needs.
    for (String grant : grants) {
      grant(grant);
    }
    Said said = cli.run("selftest", "--records", "2000", "--plant", "3");
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .contains("window after window", "an output with itself", "All found, none invented");
    assertThat(said.code()).isZero();
    assertThat(schemas()).isEqualTo(before);
  }

  @Test
  void rulesExplainUntilTheyExpire() throws Exception {
    fill(4_000);
    TestOutputs.update(
        outputs.stream(), "UPDATE t_user_health_data SET stress = 1 WHERE device_sn < 'CLI2'");
    assertThat(compare()).returns(1, Said::code);
    assertThat(addRule("all")).as("a rule for everything").returns(3, Said::code);
    assertThat(addRule("a column that is not there", "--column", "streß"))
        .returns(3, Said::code)
        .extracting(Said::err)
        .asString()
        .contains("no compared column streß", "stress");
    assertThat(addRule("rounds otherwise", "--column", "stress")).returns(0, Said::code);
    assertThat(compare())
        .as("a fifth is explained")
        .returns(2, Said::code)
        .extracting(Said::out)
        .asString()
        .contains("RULE", "because too large a share is explained", ", unexplained 0 of ");
    assertThat(new Cli(outputs.settings(), "crossfade.reconciler.explained=20").run(ALWAYS))
        .returns(0, Said::code);
    assertThat(cli.run("rules").out()).contains("rounds otherwise", "ann", "stress");
    assertThat(cli.run("rules", "end", "1")).returns(0, Said::code);
    assertThat(cli.run("rules", "end", "1")).returns(3, Said::code);
    assertThat(compare()).returns(1, Said::code);
    assertThat(cli.run("runs").out().lines()).hasSize(4);
  }

  private Said addRule(String reason, String... more) {
    List<String> command =
        new ArrayList<>(List.of("rules", "add", "--kind", "health", "--owner", "ann"));
    command.addAll(List.of("--reason", reason, "--until", "2100-01-01"));
    command.addAll(List.of(more));
    return cli.run(command.toArray(String[]::new));
  }

  private static final String PATIENCE = "crossfade.reconciler.patience=1s";

  private Said compare(String... more) {
    List<String> command = new ArrayList<>(List.of(ALWAYS));
    command.addAll(List.of(more));
    return cli.run(command.toArray(String[]::new));
  }

  private void fill(int records) throws Exception {
    List<AcceptedRecord> all = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      all.add(SampleRecords.health("CLI" + i % 10, i));
      all.add(SampleRecords.event("CLI" + i, i, false));
    }
    new Output(outputs.legacy()).write(all);
    new Output(outputs.stream()).write(all);
  }

  private void delete(String output, int rows) {
    TestOutputs.update(
        "stream".equals(output) ? outputs.stream() : outputs.legacy(),
        "DELETE FROM t_user_health_data ORDER BY id "
            + ("stream".equals(output) ? "" : "DESC ")
            + "LIMIT "
            + rows);
  }

  private static void grant(String sql) throws Exception {
    try (var admin = TestDatabase.admin();
        var statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long schemas() throws Exception {
    try (var admin = TestDatabase.admin();
        var result =
            admin
                .createStatement()
                .executeQuery(
                    "SELECT COUNT(*) FROM information_schema.schemata"
                        + " WHERE schema_name LIKE '%selftest%'")) {
      result.next();
      return result.getLong(1);
    }
  }
}
