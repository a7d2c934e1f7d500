package io.crossfade.router.campaign;

import static io.crossfade.router.campaign.Fault.CLOCK_STEPPED;
import static io.crossfade.router.campaign.Fault.FLIPPED;
import static io.crossfade.router.campaign.Fault.GROUP_DELETED;
import static io.crossfade.router.campaign.Fault.MYSQL_CONNECTIONS_EXHAUSTED;
import static io.crossfade.router.campaign.Fault.MYSQL_CONNECTIONS_KILLED;
import static io.crossfade.router.campaign.Fault.MYSQL_DEADLOCKS;
import static io.crossfade.router.campaign.Fault.MYSQL_DISK_FULL;
import static io.crossfade.router.campaign.Fault.MYSQL_HUNG_5_S;
import static io.crossfade.router.campaign.Fault.MYSQL_KILLED;
import static io.crossfade.router.campaign.Fault.MYSQL_READ_ONLY;
import static io.crossfade.router.campaign.Fault.MYSQL_TABLES_LOCKED;
import static io.crossfade.router.campaign.Fault.MYSQL_TERMINATED;
import static io.crossfade.router.campaign.Fault.PACKETS_TO_MYSQL_VANISH;
import static io.crossfade.router.campaign.Fault.PACKETS_TO_REDIS_VANISH;
import static io.crossfade.router.campaign.Fault.REDIS_CLIENTS_KILLED;
import static io.crossfade.router.campaign.Fault.REDIS_FLUSHED;
import static io.crossfade.router.campaign.Fault.REDIS_FULL;
import static io.crossfade.router.campaign.Fault.REDIS_HUNG_5_S;
import static io.crossfade.router.campaign.Fault.REDIS_KILLED;
import static io.crossfade.router.campaign.Fault.REDIS_READ_ONLY;
import static io.crossfade.router.campaign.Fault.REDIS_REWRITES_ITS_FILE;
import static io.crossfade.router.campaign.Fault.REDIS_TERMINATED;
import static io.crossfade.router.campaign.Fault.ROUTER_HUNG_5_S;
import static io.crossfade.router.campaign.Fault.ROUTER_KILLED;
import static io.crossfade.router.campaign.Fault.ROUTER_TERMINATED;
import static io.crossfade.router.campaign.Fault.STREAM_DELETED;
import static io.crossfade.router.campaign.Fault.WORKER_KILLED;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Faults that strike one after the other under one load and are judged together. */
record Round(int number, List<Fault> faults) {

  /** Every fault by itself. */
  static Stream<Round> each(boolean slow) {
    return Arrays.stream(Fault.values())
        .filter(fault -> slow || !fault.slow())
        .map(fault -> new Round(fault.ordinal(), List.of(fault)));
  }

  /**
   * Those of that name.
   *
   * @param names separated by commas; faults of one round by {@code +}
   */
  static Stream<Round> named(String names) {
    List<String> rounds = List.of(names.split(",", -1));
    return rounds.stream()
        .map(
            round ->
                new Round(
                    rounds.indexOf(round),
                    Arrays.stream(round.split("\\+", -1)).map(Fault::valueOf).toList()));
  }

  /**
   * A short strike of each, in as few rounds as can be judged; those of processes and Redis on one
   * database, those of the database on the other. Says which are left out.
   */
  static Stream<Round> ofShortRun(boolean mysql) {
    List<List<Fault>> all =
        List.of(
            List.of(
                ROUTER_KILLED,
                ROUTER_HUNG_5_S,
                WORKER_KILLED,
                REDIS_KILLED,
                REDIS_HUNG_5_S,
                REDIS_CLIENTS_KILLED,
                PACKETS_TO_REDIS_VANISH),
            List.of(
                REDIS_TERMINATED,
                REDIS_FULL,
                REDIS_READ_ONLY,
                REDIS_REWRITES_ITS_FILE,
                GROUP_DELETED,
                STREAM_DELETED,
                REDIS_FLUSHED),
            List.of(
                ROUTER_TERMINATED,
                MYSQL_KILLED,
                MYSQL_TERMINATED,
                MYSQL_HUNG_5_S,
                MYSQL_CONNECTIONS_KILLED,
                PACKETS_TO_MYSQL_VANISH),
            List.of(
                MYSQL_READ_ONLY,
                MYSQL_TABLES_LOCKED,
                MYSQL_CONNECTIONS_EXHAUSTED,
                MYSQL_DEADLOCKS,
                MYSQL_DISK_FULL,
                FLIPPED,
                CLOCK_STEPPED));
    EnumSet<Fault> left = EnumSet.allOf(Fault.class);
    all.forEach(left::removeAll);
    System.out.println("On demand only: " + left);
    return IntStream.range(mysql ? 2 : 0, mysql ? 4 : 2)
        .mapToObj(number -> new Round(number, all.get(number)));
  }

  /** What its devices' names begin with. */
  String prefix() {
    return "F%02d".formatted(number);
  }

  String file() {
    String name =
        faults.stream()
            .map(fault -> fault.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining("+"));
    return (name.length() > 100 ? "round-" + number : name) + ".truth.jsonl";
  }

  @Override
  public String toString() {
    return faults.stream()
        .map(fault -> fault.name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", "));
  }
}
