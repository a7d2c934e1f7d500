package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RowCopier;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons.StoredDifference;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.reconciler.repair.RepairScript;
import io.crossfade.reconciler.repair.RowChange;
import io.crossfade.reconciler.repair.SelectionChangedException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is listed, counted and repaired for random filters and selections, against a plain look at
 * all differences of the run. {@code -Dcrossfade.selection.seed}, {@code
 * -Dcrossfade.selection.rounds}.
 */
class RepairSelectionIT {

  private static final long SEED = Long.getLong("crossfade.selection.seed", 28);
  private static final int ROUNDS = Integer.getInteger("crossfade.selection.rounds", 30);
  private static final int RECORDS = 120;

  /** To the collation the first two are one. */
  private static final List<String> DEVICES = List.of("A", "A ", "a", "Ä%_", "表");

  /** A difference with all that the control schema says of it. */
  private record Kept(
      Difference difference,
      @Nullable Explanation explanation,
      boolean believed,
      boolean repaired) {

    DifferencePlace place() {
      return new DifferencePlace(difference.table(), difference.id());
    }
  }

  private final Random random = new Random(SEED);
  private final TestOutputs outputs = new TestOutputs();
  private final Comparisons comparisons =
      new Comparisons(outputs.control(), InstantSource.system());
  private final Differences differences = new Differences(outputs.control());
  private final DifferenceFigures figures = new DifferenceFigures(outputs.control());
  private final DifferenceSearch search = new DifferenceSearch(outputs.legacy(), outputs.stream());
  private final Repair repair = new Repair(outputs.control(), outputs.legacy(), outputs.stream());
  private final JdbcClient jdbc = JdbcClient.create(outputs.control());
  private final ControlTransactions transactions = new ControlTransactions(outputs.control());
  private long run;

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void listAndRepairAreWhatAPlainLookSays() throws Exception {
    fill();
    int refused = 0;
    int applied = 0;
    int empty = 0;
    for (int round = 0; round < ROUNDS; round++) {
      scatter();
      List<Kept> all = kept();
      DifferenceFilter filter =
          round % 10 == 9
              ? new DifferenceFilter(
                  Kind.EVENT, null, null, null, null, null, null, "nobody", null, null)
              : filter(all);
      String what = "seed %d, round %d, %s".formatted(SEED, round, filter);
      List<DifferencePlace> matching =
          all.stream()
              .filter(one -> matches(one, filter))
              .sorted(
                  Comparator.comparing((Kept one) -> !one.difference().urgent())
                      .thenComparing(one -> one.difference().table())
                      .thenComparing(one -> one.difference().id()))
              .map(Kept::place)
              .toList();
      empty += matching.isEmpty() ? 1 : 0;
      assertThat(listed(filter, DifferenceOrder.URGENT)).as(what).isEqualTo(matching);
      DifferenceOrder order = one(List.of(DifferenceOrder.values()));
      assertThat(listed(filter, order))
          .as("%s by %s", what, order)
          .isEqualTo(
              all.stream()
                  .filter(one -> matches(one, filter))
                  .sorted(by(order))
                  .map(Kept::place)
                  .toList());
      assertSummed(what, all, filter);
      assertThat(differences.count(run, filter).all()).as(what).isEqualTo(matching.size());
      List<StoredDifference> handed = new ArrayList<>();
      differences.forEach(run, filter, handed::add);
      assertThat(handed.stream().map(Differences::place).toList())
          .as(what)
          .containsExactlyInAnyOrderElementsOf(matching);

      DifferenceSelection selection = selection(all, filter);
      DeliveryPath prefer = one(Arrays.asList(null, DeliveryPath.LEGACY, DeliveryPath.STREAM));
      Repair.Plan plan = new Repair.Plan(run, selection, prefer);
      Set<DifferencePlace> selected = selected(all, selection);
      if (selection instanceof DifferenceSelection.Matching) {
        assertThat(differences.count(run, filter).unrepaired()).isEqualTo(selected.size());
      }
      List<String> statements = new ArrayList<>();
      Repair.Preview preview = repair.dryRun(plan, change -> statements.add(change.statement()));
      assertThat(preview.selected()).as(what + " " + selection).isEqualTo(selected.size());
      Set<DifferencePlace> touched = touched(all, selected, prefer);
      assertThat(statements.size()).as(what + " " + selection).isEqualTo(touched.size());
      assertThat(preview.done().leftAlone()).isEqualTo(selected.size() - touched.size());

      switch (random.nextInt(4)) {
        case 0 -> scatter();
        case 1 -> repairedByAnother(selected);
        default -> {}
      }
      Set<DifferencePlace> now = selected(kept(), selection);
      Set<DifferencePlace> agreeing = agreeing(all);
      if (!now.equals(selected)) {
        assertThatThrownBy(() -> repair.apply(plan, preview.digest(), "ann", "night shift"))
            .as(what)
            .isInstanceOfSatisfying(
                SelectionChangedException.class,
                changed -> assertThat(changed.selected()).isEqualTo(now.size()));
        assertThat(agreeing(all)).as("nothing is done, " + what).isEqualTo(agreeing);
        refused++;
        continue;
      }
      assertThat(agreeing).as("broken again").isEmpty();
      Repair.Receipt receipt = repair.apply(plan, preview.digest(), "ann", "night shift");
      assertThat(receipt.selected()).isEqualTo(selected.size());
      assertThat(receipt.done()).as(what).isEqualTo(preview.done());
      assertThat(agreeing(all)).as("seen in the outputs: " + what).isEqualTo(touched);
      assertThat(noted("repair_row", receipt.id())).as(what).isEqualTo(selected);
      assertThat(noted("difference", receipt.id())).as(what).isEqualTo(touched);
      assertThat(repair.recorded(run, 1).getFirst())
          .returns(receipt.id(), Repair.Recorded::id)
          .returns(selection.toString(), Repair.Recorded::selection)
          .returns((long) selected.size(), Repair.Recorded::selected)
          .returns(receipt.done(), Repair.Recorded::done);
      if (applied % 5 == 0 && !selected.isEmpty()) {
        ComparisonResult verified =
            TestReconciler.drained(outputs)
                .run(ComparisonRequest.ofRepair(comparisons.find(run).orElseThrow(), receipt.id()));
        assertThat(verified.headline().compared()).as(what).isEqualTo(selected.size());
        assertThat(verified.headline().unexplained())
            .as(what)
            .isEqualTo(selected.size() - touched.size());
      }
      applied++;
      all.stream().filter(one -> touched.contains(one.place())).forEach(this::damage);
    }
    assertThat(applied).isPositive();
    assertThat(refused).isPositive();
    assertThat(empty).isPositive();
  }

  @Test
  void scriptHasTheStatementsAndSaysWhetherTheyAreAll() throws Exception {
    fill();
    Repair.Plan plan = new Repair.Plan(run, new DifferenceSelection.All(), DeliveryPath.LEGACY);
    List<RowChange> changes = new ArrayList<>();
    Repair.Preview preview = repair.dryRun(plan, changes::add);
    List<String> whole = script(plan, RepairScript.MOST);
    assertThat(whole.get(1)).contains(preview.digest());
    assertThat(whole.get(2)).isEqualTo("-- All %d statements".formatted(changes.size()));
    assertThat(whole.subList(4, whole.size()))
        .isEqualTo(changes.stream().map(RowChange::statement).toList());
    List<String> cut = script(plan, 3);
    assertThat(cut.get(2)).startsWith("-- CUT: the first 3 of " + changes.size());
    assertThat(cut).hasSize(4 + 3);
    DifferenceFilter evil =
        new DifferenceFilter(
            null, null, null, null, null, null, null, "x\nDROP TABLE y;", null, null);
    assertThat(script(new Repair.Plan(run, new DifferenceSelection.Matching(evil), null), 3))
        .as("a comment stays one")
        .allMatch(line -> line.startsWith("-- ") || line.equals("SET NAMES utf8mb4;"));

    for (RowChange change : changes) {
      assertThat(change.from()).isNotEqualTo(change.to());
      assertThat(change.columns().isEmpty())
          .isEqualTo(change.difference() != DifferenceClass.FIELDS_DIFFER);
      DataSource to = change.to() == DeliveryPath.LEGACY ? outputs.legacy() : outputs.stream();
      assertThat(TestOutputs.update(to, change.statement().replaceAll(";$", ""))).isPositive();
    }
    assertThat(agreeing(kept()))
        .as("what the statements say is what a repair does")
        .isEqualTo(touched(kept(), selected(kept(), plan.selection()), DeliveryPath.LEGACY));
  }

  private List<String> script(Repair.Plan plan, int most) throws Exception {
    StringWriter script = new StringWriter();
    RepairScript.write(repair, plan, most, script);
    return script.toString().lines().toList();
  }

  /** What happens to a row between the preview and the repair. */
  private enum Fate {
    WRITTEN_OTHERWISE,
    WRITTEN_ALIKE,
    /** Its fields differ as before, but in another value. */
    ANOTHER_VALUE,
    GONE,
    AS_BEFORE
  }

  @Test
  void rowThatIsNoLongerAsItWasShownIsLeftAlone() throws Exception {
    fill();
    Repair.Plan plan = new Repair.Plan(run, new DifferenceSelection.All(), DeliveryPath.LEGACY);
    Repair.Preview preview = repair.dryRun(plan, change -> {});
    assertThat(preview.done().changed()).isZero();
    Map<DifferencePlace, Fate> fates = new HashMap<>();
    Map<DifferencePlace, DifferenceSearch.Row> before = new HashMap<>();
    List<Kept> all = kept();
    Set<DifferencePlace> meant = touched(all, selected(all, plan.selection()), DeliveryPath.LEGACY);
    for (Kept one : all) {
      Fate fate = Fate.values()[fates.size() % Fate.values().length];
      if (fate == Fate.ANOTHER_VALUE && one.difference().fields().isEmpty()) {
        fate = Fate.AS_BEFORE;
      }
      fates.put(one.place(), fate);
      meet(one.difference(), fate);
      before.put(one.place(), search.row(one.place().table(), one.place().id()));
    }

    Repair.Receipt receipt = repair.apply(plan, preview.digest(), "ann", "night shift");

    Set<DifferencePlace> touched = new HashSet<>(meant);
    touched.removeIf(place -> fates.get(place) != Fate.AS_BEFORE);
    for (Kept one : all) {
      DifferencePlace place = one.place();
      if (!touched.contains(place)) {
        assertThat(search.row(place.table(), place.id()))
            .as("%s %s", one.difference().kind(), fates.get(place))
            .isEqualTo(before.get(place));
      }
    }
    assertThat(fates.values()).contains(Fate.values());
    assertThat(agreeing(all)).containsAll(touched);
    assertThat(noted("difference", receipt.id())).isEqualTo(touched);
    assertThat(receipt.done())
        .returns((long) meant.size() - touched.size(), Repair.Done::changed)
        .returns((long) all.size() - touched.size(), Repair.Done::leftAlone);
    assertThat(repair.recorded(run, 1).getFirst())
        .returns("all", Repair.Recorded::selection)
        .returns(receipt.done(), Repair.Recorded::done);
  }

  private void meet(Difference of, Fate fate) throws Exception {
    OutputTable<?> table = OutputTables.find(of.table()).orElseThrow();
    RowCopier toStream = new RowCopier(table, outputs.legacy(), outputs.stream());
    RowCopier toLegacy = new RowCopier(table, outputs.stream(), outputs.legacy());
    List<RecordId> id = List.of(of.id());
    String where = " WHERE id = x'%s'".formatted(of.id());
    switch (fate) {
      case WRITTEN_ALIKE, WRITTEN_OTHERWISE -> {
        toStream.insert(id);
        toLegacy.insert(id);
        toStream.overwrite(id);
        if (fate == Fate.WRITTEN_OTHERWISE && of.kind() == DifferenceClass.FIELDS_DIFFER) {
          TestOutputs.update(outputs.stream(), "DELETE FROM " + of.table() + where);
        } else if (fate == Fate.WRITTEN_OTHERWISE) {
          String column = of.table().equals("t_common_event") ? "event_value" : "heart_rate";
          set(outputs.stream(), of, column, "7");
        }
      }
      case ANOTHER_VALUE -> set(outputs.stream(), of, of.fields().getFirst().column(), "777");
      case GONE -> {
        TestOutputs.update(outputs.legacy(), "DELETE FROM " + of.table() + where);
        TestOutputs.update(outputs.stream(), "DELETE FROM " + of.table() + where);
      }
      case AS_BEFORE -> {}
    }
  }

  @Test
  void whatCannotBeSelectedIsRefused() throws Exception {
    fill();
    Set<DifferencePlace> many =
        IntStream.rangeClosed(0, DifferenceSelection.Rows.MOST)
            .mapToObj(i -> new DifferencePlace("t_common_event", new RecordId(i, i)))
            .collect(Collectors.toSet());
    assertThatThrownBy(() -> new DifferenceSelection.Rows(many))
        .hasMessageContaining("10001 rows are too many");
    many.remove(many.iterator().next());
    Repair.Plan foreign = new Repair.Plan(run, new DifferenceSelection.Rows(many), null);
    assertThatThrownBy(() -> repair.dryRun(foreign, change -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("10000 of these rows are no differences of run " + run);
    assertThatThrownBy(() -> DifferencePlace.parse("表:" + "0".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
    DifferencePlace none = new DifferencePlace("nowhere", new RecordId(1, 1));
    assertThatThrownBy(
            () -> differences.find(run, DifferenceFilter.ALL, DifferenceOrder.TIME, none, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no nowhere");
    assertThatThrownBy(() -> DifferenceSelection.of(false, null, null))
        .hasMessageContaining("Say which rows");
    assertThatThrownBy(() -> DifferenceSelection.of(true, null, Set.of()))
        .hasMessageContaining("in one way");
    assertThatThrownBy(() -> DifferenceSelection.of(false, DifferenceFilter.ALL, null))
        .hasMessageContaining("say all");

    Repair.Plan all = new Repair.Plan(run, new DifferenceSelection.All(), null);
    Repair.Preview preview = repair.dryRun(all, change -> {});
    Repair.Plan other = new Repair.Plan(run, new DifferenceSelection.All(), DeliveryPath.LEGACY);
    assertThatThrownBy(() -> repair.apply(other, preview.digest(), "ann", "another side"))
        .as("a preview is of what is done, too")
        .isInstanceOf(SelectionChangedException.class);
    assertThat(repair.apply(all, preview.digest(), "ann", "as shown").selected())
        .isEqualTo(preview.selected());
    assertThatThrownBy(() -> repair.apply(all, preview.digest(), "ann", "once more"))
        .isInstanceOf(SelectionChangedException.class)
        .hasMessageContaining("it has");
  }

  /** The second acts on what the first left alone; neither is told that the other's rows agree. */
  @Test
  void repairsThatOverlapAreVerifiedEachByItsOwnRows() throws Exception {
    fill();
    Repair.Receipt first = repairHealth(null);
    assertThat(first.done().leftAlone()).isPositive();
    Repair.Receipt second = repairHealth(DeliveryPath.LEGACY);
    assertThat(second.selected()).isEqualTo(first.done().leftAlone());
    assertThat(verified(first))
        .returns(first.selected(), Headline::compared)
        .returns(0L, Headline::unexplained);
    assertThat(verified(second))
        .returns(second.selected(), Headline::compared)
        .returns(0L, Headline::unexplained);

    comparisons.forgetSome(Instant.parse("2100-01-01T00:00:00Z"), 10_000);
    assertThat(noted("repair_row", first.id())).as("go with their differences").isEmpty();
  }

  private Repair.Receipt repairHealth(@Nullable DeliveryPath prefer) throws Exception {
    DifferenceSelection health =
        new DifferenceSelection.Matching(
            new DifferenceFilter(
                Kind.HEALTH, null, null, null, null, null, null, null, null, null));
    Repair.Plan plan = new Repair.Plan(run, health, prefer);
    String digest = repair.dryRun(plan, statement -> {}).digest();
    return repair.apply(plan, digest, "ann", "night shift");
  }

  private Headline verified(Repair.Receipt receipt) throws Exception {
    return TestReconciler.drained(outputs)
        .run(ComparisonRequest.ofRepair(comparisons.find(run).orElseThrow(), receipt.id()))
        .headline();
  }

  /**
   * Rows of two kinds, of which each output lacks some and others differ. An event with another
   * value stands under a wrong id where it is alone.
   */
  private void fill() throws Exception {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < RECORDS; second++) {
      String device = one(DEVICES);
      records.add(
          random.nextBoolean()
              ? SampleRecords.event(device, second, random.nextInt(3) == 0)
              : SampleRecords.health(device, second));
    }
    List<AcceptedRecord> legacy = new ArrayList<>();
    List<AcceptedRecord> stream = new ArrayList<>();
    for (AcceptedRecord record : records) {
      int fate = random.nextInt(4);
      if (fate != 0) {
        stream.add(record);
      }
      if (fate != 1) {
        legacy.add(record);
      }
    }
    new Output(outputs.legacy()).write(legacy);
    new Output(outputs.stream()).write(stream);
    TestOutputs.update(
        outputs.stream(), "UPDATE t_common_event SET event_value = 'wrong' WHERE id < x'FF'");
    TestOutputs.update(
        outputs.stream(),
        "UPDATE t_user_health_data SET heart_rate = 199, stress = 98 WHERE device_sn <> 'A'");
    run =
        TestReconciler.drained(outputs)
            .run(
                ComparisonRequest.all(
                    Origin.ON_DEMAND,
                    new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"))))
            .id();
    assertThat(kept()).hasSizeGreaterThan(RECORDS / 2);
  }

  /** Gives some differences another cause, another look, another repair. */
  private void scatter() {
    transactions.run(this::scatterNow);
  }

  private void scatterNow() {
    if (random.nextBoolean()) {
      jdbc.sql("UPDATE difference SET repair_id = NULL, looks = 2 WHERE comparison_id = ?")
          .param(run)
          .update();
    }
    for (Kept one : kept()) {
      if (random.nextInt(12) == 0) {
        jdbc.sql(
                "UPDATE difference SET explanation = ?, looks = ?, repair_id = ?"
                    + " WHERE comparison_id = ? AND table_name = ? AND id = ?")
            .params(
                Arrays.asList(
                    random.nextBoolean() ? null : one(List.of(Explanation.values())).name(),
                    random.nextInt(4) == 0 ? 1 : 2,
                    random.nextInt(3) == 0 ? 0 : null,
                    run,
                    one.difference().table(),
                    one.difference().id().bytes()))
            .update();
      }
    }
  }

  private void repairedByAnother(Set<DifferencePlace> selected) {
    if (!selected.isEmpty()) {
      DifferencePlace one =
          one(selected.stream().sorted(Comparator.comparing(String::valueOf)).toList());
      transactions.run(
          () ->
              jdbc.sql(
                      "UPDATE difference SET repair_id = 0"
                          + " WHERE comparison_id = ? AND table_name = ? AND id = ?")
                  .params(run, one.table(), one.id().bytes())
                  .update());
    }
  }

  private List<Kept> kept() {
    return jdbc.sql("SELECT * FROM difference WHERE comparison_id = ? ORDER BY table_name, id")
        .param(run)
        .query(
            (row, number) -> {
              String explanation = row.getString("explanation");
              return new Kept(
                  ComparisonRows.difference(row),
                  explanation == null ? null : Explanation.valueOf(explanation),
                  row.getInt("looks") == 2,
                  row.getObject("repair_id") != null);
            })
        .list();
  }

  private DifferenceFilter filter(List<Kept> all) {
    Kept like = one(all);
    Instant accepted = AcceptanceStamp.instantOf(like.difference().stamp());
    return new DifferenceFilter(
        sometimes(one(List.of(Kind.EVENT, Kind.HEALTH, Kind.DEVICE))),
        sometimes(one(List.of(DifferenceClass.values()))),
        sometimes(one(List.of("event_value", "heart_rate", "stress", "event", "a,b", "表"))),
        sometimes(random.nextBoolean()),
        sometimes(one(List.of(Explanation.values()))),
        sometimes(random.nextBoolean()),
        sometimes(random.nextInt(4) == 0),
        sometimes(random.nextInt(4) == 0 ? "nobody" : one(DEVICES)),
        sometimes(accepted),
        sometimes(accepted.plusMillis(random.nextInt(20))));
  }

  private <T> @Nullable T sometimes(T value) {
    return random.nextInt(5) == 0 ? value : null;
  }

  private DifferenceSelection selection(List<Kept> all, DifferenceFilter filter) {
    return switch (random.nextInt(5)) {
      case 0 -> new DifferenceSelection.All();
      case 1 -> {
        Set<DifferencePlace> places = new LinkedHashSet<>();
        int most = random.nextInt(20);
        for (int i = 0; i < most; i++) {
          Kept picked = one(all);
          if (picked.believed()) {
            places.add(picked.place());
          }
        }
        yield new DifferenceSelection.Rows(places);
      }
      default -> new DifferenceSelection.Matching(filter);
    };
  }

  private static Set<DifferencePlace> selected(List<Kept> all, DifferenceSelection selection) {
    Set<DifferencePlace> selected = new HashSet<>();
    for (Kept one : all) {
      boolean in =
          switch (selection) {
            case DifferenceSelection.All everything -> true;
            case DifferenceSelection.Matching matching -> matches(one, matching.filter());
            case DifferenceSelection.Rows rows -> rows.places().contains(one.place());
          };
      if (in && one.believed() && !one.repaired()) {
        selected.add(one.place());
      }
    }
    return selected;
  }

  private static boolean matches(Kept one, DifferenceFilter filter) {
    Difference of = one.difference();
    Instant accepted = AcceptanceStamp.instantOf(of.stamp());
    return one.believed()
        && (filter.kind() == null || tables(filter.kind()).contains(of.table()))
        && (filter.difference() == null || filter.difference() == of.kind())
        && (filter.column() == null
            || of.fields().stream().anyMatch(field -> field.column().equals(filter.column())))
        && (filter.explained() == null || filter.explained() == (one.explanation() != null))
        && (filter.explanation() == null || filter.explanation() == one.explanation())
        && (filter.urgent() == null || filter.urgent() == of.urgent())
        && (filter.repaired() == null || filter.repaired() == one.repaired())
        && (filter.deviceSn() == null || filter.deviceSn().equals(of.deviceSn()))
        && (filter.from() == null || !accepted.isBefore(filter.from()))
        && (filter.to() == null || accepted.isBefore(filter.to()));
  }

  private static Set<String> tables(Kind kind) {
    return OutputTables.of(kind).stream().map(OutputTable::name).collect(Collectors.toSet());
  }

  private static Set<DifferencePlace> touched(
      List<Kept> all, Set<DifferencePlace> selected, @Nullable DeliveryPath prefer) {
    return all.stream()
        .filter(one -> selected.contains(one.place()))
        .filter(
            one ->
                switch (one.difference().kind()) {
                  case MISSING_IN_STREAM, MISSING_IN_LEGACY -> true;
                  case FIELDS_DIFFER -> prefer != null;
                  case REPEATED, UNREADABLE -> false;
                })
        .map(Kept::place)
        .collect(Collectors.toSet());
  }

  private static Comparator<Kept> by(DifferenceOrder order) {
    Comparator<Kept> first =
        switch (order) {
          case URGENT -> Comparator.comparing(one -> !one.difference().urgent());
          case TIME -> Comparator.comparingLong(one -> one.difference().stamp());
          // To the collation "A" and "A " are one device.
          case DEVICE ->
              Comparator.comparing((Kept one) -> one.difference().deviceSn().stripTrailing())
                  .thenComparingLong(one -> one.difference().stamp());
        };
    return first
        .thenComparing(one -> one.difference().table())
        .thenComparing(one -> one.difference().id());
  }

  /** Counted one by one, of all that is kept or of the first so many. */
  private void assertSummed(String what, List<Kept> all, DifferenceFilter filter) {
    int most = random.nextBoolean() ? 1_000 : 1 + random.nextInt(all.size());
    Duration unit = one(List.of(Duration.ofMinutes(1), Duration.ofHours(1)));
    Map<DifferenceClass, Long> classes = new HashMap<>();
    Map<String, Long> causes = new HashMap<>();
    Map<String, Long> columns = new HashMap<>();
    Map<String, Long> kinds = new HashMap<>();
    Map<Instant, Long> times = new HashMap<>();
    long total = 0;
    for (Kept one : all.subList(0, Math.min(most, all.size()))) {
      if (!matches(one, filter)) {
        continue;
      }
      total++;
      Difference of = one.difference();
      classes.merge(of.kind(), 1L, Long::sum);
      causes.merge(String.valueOf(one.explanation()), 1L, Long::sum);
      of.fields().forEach(field -> columns.merge(field.column(), 1L, Long::sum));
      kinds.merge(of.table().equals("t_common_event") ? "event" : "health", 1L, Long::sum);
      long ms = AcceptanceStamp.instantOf(of.stamp()).toEpochMilli();
      times.merge(Instant.ofEpochMilli(ms - ms % unit.toMillis()), 1L, Long::sum);
    }
    DifferenceSummary summary = figures.summary(run, unit, filter, most);
    assertThat(summary.total()).as(what).isEqualTo(total);
    assertThat(summary.atLeast()).as(what).isEqualTo(all.size() > most);
    assertThat(counts(summary.classes())).as(what).isEqualTo(classes);
    assertThat(counts(summary.columns())).as(what).isEqualTo(columns);
    assertThat(counts(summary.kinds())).as(what).isEqualTo(kinds);
    assertThat(
            summary.causes().stream()
                .collect(
                    Collectors.toMap(
                        one -> String.valueOf(one.value()), DifferenceSummary.Cause::count)))
        .as(what)
        .isEqualTo(causes);
    assertThat(
            summary.times().stream()
                .collect(
                    Collectors.toMap(DifferenceSummary.Time::from, DifferenceSummary.Time::count)))
        .as(what)
        .isEqualTo(times);
    assertThat(summary.times())
        .as(what)
        .allMatch(one -> one.from().plus(unit).equals(one.to()))
        .isSortedAccordingTo(Comparator.comparing(DifferenceSummary.Time::from));
    assertThat(summary.otherTimes()).isZero();
  }

  private static <T> Map<T, Long> counts(List<DifferenceSummary.Entry<T>> entries) {
    assertThat(entries)
        .as("most first")
        .isSortedAccordingTo(
            Comparator.comparingLong((DifferenceSummary.Entry<T> one) -> -one.count()));
    return entries.stream()
        .collect(Collectors.toMap(DifferenceSummary.Entry::value, DifferenceSummary.Entry::count));
  }

  private List<DifferencePlace> listed(DifferenceFilter filter, DifferenceOrder order) {
    int most = 1 + random.nextInt(20);
    List<DifferencePlace> listed = new ArrayList<>();
    List<StoredDifference> page;
    do {
      page = differences.find(run, filter, order, listed.isEmpty() ? null : listed.getLast(), most);
      page.forEach(one -> listed.add(Differences.place(one)));
    } while (page.size() == most);
    return listed;
  }

  /** Which of these both outputs have alike. */
  private Set<DifferencePlace> agreeing(List<Kept> all) throws Exception {
    Set<DifferencePlace> agreeing = new HashSet<>();
    for (Kept one : all) {
      DifferenceSearch.Row row = search.row(one.difference().table(), one.difference().id());
      if (row.inLegacy()
          && row.inStream()
          && row.cells().stream().noneMatch(DifferenceSearch.Cell::differs)) {
        agreeing.add(one.place());
      }
    }
    return agreeing;
  }

  private Set<DifferencePlace> noted(String in, long receipt) {
    return Set.copyOf(
        jdbc.sql(
                "SELECT table_name, id FROM %s WHERE comparison_id = ? AND repair_id = ?"
                    .formatted(in))
            .params(run, receipt)
            .query(
                (row, number) ->
                    new DifferencePlace(row.getString(1), RecordId.of(row.getBytes(2))))
            .list());
  }

  /** As it was before a repair. */
  private void damage(Kept one) {
    Difference of = one.difference();
    String where = " WHERE id = x'%s'".formatted(of.id());
    switch (of.kind()) {
      case MISSING_IN_STREAM ->
          TestOutputs.update(outputs.stream(), "DELETE FROM " + of.table() + where);
      case MISSING_IN_LEGACY ->
          TestOutputs.update(outputs.legacy(), "DELETE FROM " + of.table() + where);
      case FIELDS_DIFFER -> {
        for (Difference.Field field : of.fields()) {
          set(outputs.legacy(), of, field.column(), field.legacy());
          set(outputs.stream(), of, field.column(), field.stream());
        }
      }
      case REPEATED, UNREADABLE -> throw new AssertionError(of.kind());
    }
  }

  private static void set(DataSource output, Difference of, String column, @Nullable String value) {
    TestOutputs.update(
        output,
        "UPDATE %s SET %s = %s WHERE id = x'%s'"
            .formatted(of.table(), column, value == null ? "NULL" : "'" + value + "'", of.id()));
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
