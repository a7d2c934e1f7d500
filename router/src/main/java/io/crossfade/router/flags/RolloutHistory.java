package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.FlagChange;
import io.crossfade.db.control.FlagChanges;
import io.crossfade.db.control.RecordedFlags;
import io.crossfade.db.control.RecordedFlags.Devices;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All changes that were ever made, as far as this release can read them. */
final class RolloutHistory {

  private static final Logger log = LoggerFactory.getLogger(RolloutHistory.class);

  private final FlagChanges changes;
  private final AuditLog audit;

  RolloutHistory(DataSource control) {
    this.changes = new FlagChanges(control);
    this.audit = new AuditLog(control);
  }

  void add(RolloutChange change) {
    changes.add(
        new FlagChange(
            0,
            change.version(),
            change.changedAt(),
            change.kind(),
            change.origin().name(),
            change.actor(),
            change.reason(),
            change.ticket(),
            change.forced(),
            recorded(change.before()),
            recorded(change.after()),
            change.evidence(),
            change.decision(),
            change.decidedAt()));
    audit.keep(
        Act.of(change.actor(), Action.FLAGS)
            .at(change.decidedAt() == null ? change.changedAt() : change.decidedAt())
            .ofKind(change.kind())
            .on("version " + change.version())
            .detail(what(change))
            .because(change.reason())
            .receipt(change.origin() == Origin.ROLLBACK ? change.decision() : null)
            .figures(change.evidence()));
  }

  /** For example {@code operator: shadow → canary 10 %, ticket OPS-7}. */
  private static String what(RolloutChange change) {
    KindFlags before = change.before();
    KindFlags after = change.after();
    StringBuilder what = new StringBuilder(change.origin().name().toLowerCase(Locale.ROOT));
    what.append(": ").append(before.place()).append(" → ").append(after.place());
    if (before.optIn() != after.optIn()) {
      what.append(after.optIn() ? ", opt-in on" : ", opt-in off");
    }
    if (change.forced()) {
      what.append(", forced");
    }
    return change.ticket() == null ? what.toString() : what + ", ticket " + change.ticket();
  }

  /**
   * Newest first.
   *
   * @param kind {@code null} for all
   */
  List<RolloutChange> newest(@Nullable Kind kind, int most) {
    return read(changes.newest(kind, most));
  }

  /** Whether a change of a kind is on record, also one that cannot be read. */
  boolean has(Kind kind) {
    return !changes.of(kind).isEmpty();
  }

  /** What a kind was last switched to; empty when that cannot be read. */
  Optional<KindFlags> last(Kind kind) {
    return newest(kind, 1).stream().map(RolloutChange::after).findFirst();
  }

  /** Whether some change of a kind says anything of its opt-in. */
  boolean toldOptIn(Kind kind) {
    return changes.tellOptIn(kind);
  }

  /** What is recorded of a pending change, one per kind; empty when it was never stored. */
  List<RolloutChange> of(String decision) {
    return read(changes.ofDecision(decision));
  }

  /** What persons decided for a kind after a moment. */
  List<RolloutChange> decidedSince(Kind kind, Instant moment) {
    return read(changes.decidedAfter(kind, moment)).stream()
        .filter(change -> change.origin().person())
        .toList();
  }

  /** When a kind's flags became what they are; empty when they never changed. */
  Optional<Instant> since(Kind kind) {
    return changes.newest(kind, 1).stream().map(FlagChange::changedAt).findFirst();
  }

  private static List<RolloutChange> read(List<FlagChange> changes) {
    return changes.stream().flatMap(change -> read(change).stream()).toList();
  }

  /** Empty for a row that a newer release wrote or somebody damaged: one row never stops all. */
  private static Optional<RolloutChange> read(FlagChange change) {
    try {
      return Optional.of(
          new RolloutChange(
              change.version(),
              change.changedAt(),
              change.kind(),
              Origin.valueOf(change.origin()),
              change.actor(),
              change.reason(),
              change.ticket(),
              change.forced(),
              flags(change.before()),
              flags(change.after()),
              change.evidence(),
              change.decision(),
              change.decidedAt()));
    } catch (IllegalArgumentException e) {
      log.debug("Change {} cannot be used: {}", change.id(), e.getMessage());
      return Optional.empty();
    }
  }

  private static RecordedFlags recorded(KindFlags flags) {
    Cohort cohort = flags.cohort();
    return new RecordedFlags(
        new Devices(
            cohort.basisPoints(),
            cohort.allowDevices(),
            cohort.denyDevices(),
            cohort.allowCustomers(),
            cohort.denyCustomers()),
        flags.dualWrite(),
        flags.optIn());
  }

  private static KindFlags flags(RecordedFlags recorded) {
    RecordedFlags.Whole whole =
        recorded
            .whole()
            .orElseThrow(() -> new IllegalArgumentException("Its flags cannot be read"));
    Devices devices = whole.devices();
    return new KindFlags(
        new Cohort(
            devices.basisPoints(),
            devices.allowDevices(),
            devices.denyDevices(),
            devices.allowCustomers(),
            devices.denyCustomers()),
        whole.dualWrite(),
        whole.optIn());
  }
}
