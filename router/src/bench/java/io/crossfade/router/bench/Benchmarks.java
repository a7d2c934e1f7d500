package io.crossfade.router.bench;

import io.crossfade.db.TestDatabase;
import io.crossfade.router.routing.RoutingBenchmark;

/**
 * Runs the benchmarks that are named, or all of them; each prints its peer's figure beside its own.
 */
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] names) {
    try {
      run(names);
      System.exit(0);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(String[] names) throws Exception {
    // As a server of its own has it; what is measured without asks for that (PlainLinks).
    System.setProperty("crossfade.test.tls", "true");
    System.out.printf(
        "%d processors, Java %s, database %s%n",
        Runtime.getRuntime().availableProcessors(), Runtime.version(), TestDatabase.version());
    DatabaseRoom.make();
    for (String name :
        names.length > 0
            ? names
            : new String[] {
              "writer",
              "http",
              "budget",
              "before",
              "drain",
              "end-to-end",
              "dual-write",
              "connections",
              "routing",
              "reconcile",
              "rolling",
              "reconcile-scale",
              "tables"
            }) {
      System.out.printf("%n== %s%n", name);
      switch (name) {
        case "writer" -> WriterBenchmark.run();
        case "http" -> HttpBenchmark.run();
        case "budget" -> BudgetBenchmark.run();
        case "before" -> BeforeBenchmark.run();
        case "drain" -> DrainBenchmark.run();
        case "end-to-end" -> EndToEndBenchmark.run();
        case "dual-write" -> DualWriteBenchmark.run();
        case "reconcile" -> ReconcileBenchmark.run();
        case "reconcile-scale" -> ReconcileScaleBenchmark.run();
        case "tables" -> TablesBenchmark.run();
        case "rolling" -> RollingBenchmark.run();
        case "routing" -> RoutingBenchmark.run();
        case "connections" -> ConnectionsBenchmark.run();
        default -> throw new IllegalArgumentException("No benchmark " + name);
      }
    }
  }
}
