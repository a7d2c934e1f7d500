package io.crossfade.router.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.crossfade.router.TestRouterApplication;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What the modules may know of each other. Each rule is shown to reject a class that breaks it. */
class ArchitectureTest {

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // Nor what other modules lend to tests.
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.crossfade");

  private static final JavaClasses BAD = new ClassFileImporter().importPackages("io.crossfade.bad");

  private static final ArchRule RECONCILER_TRUSTS_NO_WRITER =
      noClasses()
          .that()
          .resideInAPackage("..reconciler..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.crossfade.legacy..", "io.crossfade.stream..", "io.crossfade.router..");

  private static final ArchRule DB_KNOWS_NOBODY =
      noClasses()
          .that()
          .resideInAPackage("..db..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.crossfade.legacy..",
              "io.crossfade.stream..",
              "io.crossfade.reconciler..",
              "io.crossfade.router..");

  /**
   * Invariant 1: whoever needs the time downstream takes an InstantSource, and only for what is
   * measured.
   */
  private static final ArchRule NOBODY_READS_THE_CLOCK =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  private static final ArchRule LEGACY_DOES_NOT_KNOW_THE_STREAM =
      noClasses()
          .that()
          .resideInAPackage("..legacy..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.crossfade.stream..");

  private static final ArchRule STREAM_DOES_NOT_KNOW_THE_LEGACY_PATH =
      noClasses()
          .that()
          .resideInAPackage("..stream..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.crossfade.legacy..");

  private static final ArchRule SETTINGS_ARE_RECORDS =
      classes().that().haveSimpleNameEndingWith("Settings").should().beAssignableTo(Record.class);

  /**
   * Invariant 14: a loop outside of SupervisedLoop ends in silence. What may have a thread of its
   * own is no loop, and its end is seen by whoever waits for it.
   */
  private static final ArchRule NOBODY_LOOPS_UNSEEN =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.crossfade.db.process..")
          .and()
          .haveNameNotMatching(
              "io.crossfade.("
                  // Copies that wait for room have a thread each, which ends with them.
                  + "legacy.LegacyQueue|"
                  // Makes one segment; whoever fills it asks for it.
                  + "reconciler.accounting.AcceptanceJournal"
                  // Reads one side of one table; the comparison waits for it and sees its end.
                  + "|reconciler.diff.ReadAhead"
                  // A pool: whoever asks it waits for the answer.
                  + "|router.operator.PasswordDoor"
                  // Reads one body; its upload waits for it.
                  + "|router.intake.LargeBodies"
                  // Runs the code of a kind; its upload waits for it, and not for ever.
                  + "|router.intake.CodeCalls"
                  // Writes what is kept of the flags: a rollback waits for it, a metric has the
                  // rest.
                  + "|router.rollout.RolloutConfiguration"
                  // Draws.
                  + "|reconciler.cli.TerminalLine"
                  // Does what was asked for, once.
                  + "|router.reconciliation.ReconcilerController"
                  + "|reconciler.nightly.Nightly"
                  // ShedLock's own timer.
                  + "|reconciler.ReconcilerConfiguration).*")
          .should()
          .callMethod(Thread.class, "ofPlatform")
          .orShould()
          .callMethodWhere(
              JavaCall.Predicates.target(
                  HasName.Predicates.nameMatching(
                      "scheduleWithFixedDelay|scheduleAtFixedRate"
                          + "|newScheduledThreadPool|newSingleThreadScheduledExecutor")))
          .orShould()
          .callConstructor(Thread.class, Runnable.class)
          .orShould()
          .callConstructor(Thread.class, Runnable.class, String.class);

  /**
   * What the router is made of stands in one order: flags, routing, rollout, console, for example.
   * Its root package puts them together, and has the names of its meters and loops.
   */
  private static final ArchRule NO_CYCLES_IN_THE_ROUTER =
      slices().matching("io.crossfade..router.(*)..").should().beFreeOfCycles();

  /**
   * What the control schema holds is typed in one package: whoever had another one's table in SQL
   * text would read what the other one is about to change.
   */
  private static final ArchRule NOBODY_READS_TABLES_OF_OTHERS =
      classes().should(ControlTables.leaveTheTablesOfOthers());

  /** A transaction that loses a deadlock, or whose commit is not answered, is so in one place. */
  private static final ArchRule ONE_WAY_OF_TRANSACTIONS =
      noClasses()
          .that()
          .haveNameNotMatching(
              "io.crossfade.db.control.ControlTransactions.*"
                  // ShedLock's own transactions.
                  + "|io.crossfade.reconciler.ReconcilerConfiguration.*")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "org.springframework.transaction.support.TransactionTemplate"
                  + "|org.springframework.jdbc.support.JdbcTransactionManager");

  private static final ArchRule CONTROL_HAS_NO_OTHER_CONNECTIONS =
      noClasses()
          .that()
          .resideInAPackage("..db.control")
          .should()
          .callMethod(DataSource.class, "getConnection");

  @Test
  void nobodyReadsTablesOfOthers() {
    assertThat(ControlTables.tables()).contains("rollout_change", "report", "refused_record");
    holds(NOBODY_READS_TABLES_OF_OTHERS);
    for (String bad : List.of("ReadingReconciler", "ReportingRouter")) {
      assertThatThrownBy(() -> NOBODY_READS_TABLES_OF_OTHERS.check(BAD)).hasMessageContaining(bad);
    }
  }

  @Test
  void transactionsAreMadeInOneWay() {
    holds(ONE_WAY_OF_TRANSACTIONS);
    holds(CONTROL_HAS_NO_OTHER_CONNECTIONS);
  }

  @Test
  void noCyclesInTheRouter() {
    holds(NO_CYCLES_IN_THE_ROUTER);
  }

  @Test
  void nobodyLoopsUnseen() {
    holds(NOBODY_LOOPS_UNSEEN);
  }

  @Test
  void reconcilerTrustsNoWriter() {
    holds(RECONCILER_TRUSTS_NO_WRITER);
  }

  @Test
  void dbKnowsNobody() {
    holds(DB_KNOWS_NOBODY);
  }

  @Test
  void nobodyReadsTheClock() {
    holds(NOBODY_READS_THE_CLOCK);
  }

  /**
   * The first command of README.md starts the class with a main that is among the tests, and none
   * when there are two.
   */
  @Test
  void testsHaveOneMain() {
    assertThat(
            new ClassFileImporter()
                .importPath(Path.of("target", "test-classes")).stream()
                    .filter(type -> !type.getPackageName().endsWith(".bench"))
                    .filter(type -> type.tryGetMethod("main", String[].class).isPresent())
                    .map(JavaClass::getName))
        .containsExactly(TestRouterApplication.class.getName());
  }

  @Test
  void settingsAreRecords() {
    holds(SETTINGS_ARE_RECORDS);
  }

  @Test
  void pathsDoNotKnowEachOther() {
    holds(LEGACY_DOES_NOT_KNOW_THE_STREAM);
    holds(STREAM_DOES_NOT_KNOW_THE_LEGACY_PATH);
  }

  private static void holds(ArchRule rule) {
    rule.check(MAIN);
    assertThatThrownBy(() -> rule.check(BAD)).isInstanceOf(AssertionError.class);
  }
}
