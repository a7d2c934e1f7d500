package io.crossfade.router.campaign;

import static java.util.Objects.requireNonNull;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.router.campaign.Truth.Told;
import io.crossfade.router.campaign.Word.Named;
import io.crossfade.router.campaign.Word.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Holds the product's word against the truth, record by record. */
final class Judgement {

  private static final int MOST_ERRORS = 20;

  private final List<Strike> strikes;
  private final Map<RecordId, Told> truth;
  private final Word word;
  private final Sabotage sabotage;
  private final List<Moment> notMirrored;
  private final List<String> errors = new ArrayList<>();
  private final Map<String, Integer> explained = new TreeMap<>();
  private int promised;
  private int both;
  private int one;
  private int dead;
  private int lost;
  private int found;

  /** From when to when, in ms since the epoch, copies may have been switched off. */
  record Moment(long from, long to) {

    boolean covers(Told told) {
      return told.attempts().stream()
          .anyMatch(attempt -> attempt.toMillis() >= from && attempt.fromMillis() <= to);
    }
  }

  Judgement(
      List<Strike> strikes,
      Map<RecordId, Told> truth,
      Word word,
      Sabotage sabotage,
      List<Moment> notMirrored) {
    this.strikes = strikes;
    this.truth = truth;
    this.word = word;
    this.sabotage = sabotage;
    this.notMirrored = notMirrored;
    truth.forEach(this::judge);
    // A few of many rows may leave a comparison in doubt; a lost urgent one may not.
    if (sabotage.isUrgent()
        ? !word.verdict().equals("FAIL")
        : sabotage.size() > 0 && word.verdict().equals("PASS")) {
      errors.add("Rows were tampered with and the verdict is " + word.verdict());
    }
    judgeWhatNobodyMade();
    judgeStates();
  }

  List<String> errors() {
    return errors;
  }

  /** A row of the campaign's table. */
  String row(Round round, int times, long uploads) {
    return "| %s | %d | %,d | %,d | %,d | %,d | %,d | %,d | %s | %d of %d | %s | %d |"
        .formatted(
            round,
            times,
            uploads,
            promised,
            both,
            one,
            dead,
            lost,
            explained.isEmpty() ? "–" : explained.toString().replaceAll("[{}]", ""),
            found,
            sabotage.size(),
            word.verdict(),
            errors.size());
  }

  static String head() {
    return """
    | fault | rounds | uploads | accepted | in both | in one | dead | lost | explained as | hidden by hand, found | verdict | wrong words |
    |---|---|---|---|---|---|---|---|---|---|---|---|\
    """;
  }

  private void judge(RecordId id, Told told) {
    if (told.promised()) {
      promised++;
    }
    Row legacy = row(DeliveryPath.LEGACY, id);
    Row stream = row(DeliveryPath.STREAM, id);
    Named named = word.differences().get(id);
    for (DeliveryPath path : DeliveryPath.values()) {
      // One that was uploaded again may have been lost before.
      if (named(path, id) && row(path, id) != null && told.attempts().size() == 1) {
        error("called lost on %s and is there".formatted(path), id, told, named);
      }
    }
    told.attempts().stream()
        .filter(attempt -> attempt.status() != 200 && attempt.status() != 503)
        .filter(attempt -> attempt.status() != 0)
        .forEach(attempt -> error("answered %d".formatted(attempt.status()), id, told, named));
    if (sabotage.touched(id)) {
      if (named == null || named.explanation() != null || !sabotage.is(id, named.kind())) {
        error("tampered with by hand and not named as such", id, told, named);
      } else {
        found++;
      }
    } else if (legacy != null && stream != null) {
      both++;
      if (word.letters().contains(id)) {
        error("in both outputs and a dead letter", id, told, named);
      }
      if (legacy.number() != told.made().number() || stream.number() != told.made().number()) {
        error("bent: %s and %s".formatted(legacy, stream), id, told, named);
      }
      if (named != null) {
        error("in both outputs and called different", id, told, named);
      }
    } else if (legacy != null || stream != null) {
      one++;
      judgeOne(id, told, stream == null ? DeliveryPath.STREAM : DeliveryPath.LEGACY, named);
    } else {
      judgeNeither(id, told, named);
    }
  }

  private void judgeOne(RecordId id, Told told, DeliveryPath without, @Nullable Named named) {
    Row row = requireNonNull(row(without.other(), id));
    if (row.number() != told.made().number()) {
      error("bent: " + row, id, told, named);
    }
    if (word.letters().contains(id)) {
      dead++;
    }
    if (named == null) {
      if (notMirrored.stream().noneMatch(moment -> moment.covers(told))) {
        error("in one output alone, and nothing is said of it", id, told, null);
      }
      return;
    }
    String explanation = named.explanation();
    if (explanation == null) {
      if (named(without, id)) {
        lost++;
      } else {
        error("not explained", id, told, named);
      }
      return;
    }
    explained.merge(explanation, 1, Integer::sum);
    if (!right(explanation, row, id, told, without)) {
      error("wrongly explained", id, told, named);
    }
  }

  /** Whether what the devices and the campaign know bears an explanation out. */
  private boolean right(String explanation, Row row, RecordId id, Told told, DeliveryPath without) {
    return switch (explanation) {
      case "FALLBACK" ->
          without == DeliveryPath.STREAM && row.reason().equals("STREAM_UNAVAILABLE");
      case "MIRROR_DROPPED" -> !row.reason().equals("MIRROR");
      case "DEAD_LETTER" -> word.letters().contains(id);
      case "LOST_IN_MEMORY" ->
          without == DeliveryPath.LEGACY
              && named(without, id)
              && strikes.stream().anyMatch(strike -> strike.mayHaveKilled(told));
      case "REFUSED" -> told.refused();
      // Nobody made a rule.
      default -> false;
    };
  }

  private void judgeNeither(RecordId id, Told told, @Nullable Named named) {
    if (word.letters().contains(id)) {
      dead++;
    } else if (named(DeliveryPath.LEGACY, id) || named(DeliveryPath.STREAM, id)) {
      lost++;
    } else if (told.promised()) {
      error("lost in silence", id, told, named);
    }
  }

  private void judgeWhatNobodyMade() {
    Set<RecordId> known = new HashSet<>(truth.keySet());
    for (DeliveryPath path : DeliveryPath.values()) {
      for (RecordId id : requireNonNull(word.rows().get(path)).keySet()) {
        if (!known.contains(id)) {
          errors.add("%s has %s, which no device made".formatted(path, id));
        }
      }
    }
    word.differences()
        .forEach(
            (id, named) -> {
              if (!known.contains(id) && named.device().startsWith(prefix())) {
                errors.add("%s names %s, which no device made".formatted(named, id));
              }
            });
  }

  /** A device's state differs only where a record of it does. */
  private void judgeStates() {
    word.states()
        .forEach(
            (id, named) -> {
              boolean because =
                  named.explanation() != null
                      || sabotage.touchedDevice(named.device())
                      || word.differences().values().stream()
                          .anyMatch(
                              of -> of.device().equals(named.device()) && of.explanation() == null);
              if (!because && named.device().startsWith(prefix())) {
                errors.add("State of %s is not explained: %s".formatted(named.device(), named));
              }
            });
  }

  private String prefix() {
    return truth.values().iterator().next().made().device().substring(0, 3);
  }

  private boolean named(DeliveryPath path, RecordId id) {
    return requireNonNull(word.lost().get(path)).contains(id);
  }

  private @Nullable Row row(DeliveryPath path, RecordId id) {
    return requireNonNull(word.rows().get(path)).get(id);
  }

  private void error(String what, RecordId id, Told told, @Nullable Named named) {
    if (errors.size() < MOST_ERRORS) {
      errors.add("%s: %s %s, said: %s".formatted(what, id, told, named));
    } else {
      errors.add(what);
    }
  }
}
