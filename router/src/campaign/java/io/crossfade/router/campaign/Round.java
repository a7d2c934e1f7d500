package io.crossfade.router.campaign;

import static io.crossfade.router.campaign.Fault.FLIPPED;
import static io.crossfade.router.campaign.Fault.MYSQL_KILLED;
import static io.crossfade.router.campaign.Fault.MYSQL_TABLES_LOCKED;
import static io.crossfade.router.campaign.Fault.PACKETS_TO_MYSQL_VANISH;
import static io.crossfade.router.campaign.Fault.REDIS_FLUSHED;
import static io.crossfade.router.campaign.Fault.REDIS_FULL;
import static io.crossfade.router.campaign.Fault.REDIS_KILLED;
import static io.crossfade.router.campaign.Fault.ROUTER_KILLED;

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
    return IntStream.range(0, rounds.size())
        .mapToObj(
            number ->
                new Round(
                    number,
                    Arrays.stream(rounds.get(number).split("\\+", -1))
                        .map(Fault::valueOf)
                        .toList()));
  }

  /**
   * Some of each sort in one round, in a few minutes: of processes and Redis on one database, of
   * the database on the other. Says which are left out. None of them takes root.
   */
  static Stream<Round> ofShortRun(boolean mysql) {
    List<Fault> some =
        mysql
            ? List.of(MYSQL_KILLED, MYSQL_TABLES_LOCKED, PACKETS_TO_MYSQL_VANISH, FLIPPED)
            : List.of(ROUTER_KILLED, REDIS_KILLED, REDIS_FULL, REDIS_FLUSHED);
    System.out.println("On demand only: " + EnumSet.complementOf(EnumSet.copyOf(some)));
    return Stream.of(new Round(0, some));
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
    return prefix() + (name.length() > 100 ? "" : "-" + name) + ".truth.jsonl";
  }

  @Override
  public String toString() {
    return faults.stream()
        .map(fault -> fault.name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", "));
  }
}
