package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DefinedKind;
import io.crossfade.db.Kind;
import io.crossfade.db.budget.BudgetSettings;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.budget.Stage;
import io.crossfade.router.RouterSettings;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the bodies of all kinds, in every shape that devices send. */
public final class UploadReader {

  private final SentJson json;
  private final Stamper stamper;
  private final DeviceNormaliser devices;
  private final EventNormaliser events;
  private final RouterSettings settings;
  private final InstantSource clock;
  private final ByteBudget budget;
  private final LargeBodies large = new LargeBodies();
  private final Map<Kind, DefinedReader.Shape> defined = new HashMap<>();
  private final long maxRecord;
  private final long maxFact;

  public UploadReader(
      RouterSettings settings,
      BudgetSettings limits,
      ByteBudget budget,
      Stamper stamper,
      InstantSource clock) {
    this.settings = settings;
    this.budget = budget;
    this.maxRecord = limits.maxRecord().toBytes();
    this.clock = clock;
    this.maxFact = limits.maxFact().toBytes();
    this.json = new SentJson(settings.maxNesting(), budget.lease(Stage.UPLOADS));
    this.stamper = stamper;
    this.devices = new DeviceNormaliser(stamper);
    CodeCalls calls =
        new CodeCalls(UploadReader.class.getClassLoader(), CodeCalls.LONGEST, CodeCalls.LONGEST);
    for (Kind kind : Kind.values()) {
      if (kind.definition() instanceof DefinedKind of) {
        CodeReader code =
            of.code()
                .map(
                    provider ->
                        new CodeReader(
                            provider,
                            of.spec(),
                            calls,
                            settings.maxNesting(),
                            settings.maxBody().toBytes()))
                .orElse(null);
        defined.put(kind, DefinedReader.Shape.of(of, code));
      }
    }
    this.events = new EventNormaliser(stamper, settings.urgentEvents());
  }

  /**
   * Reads, normalises and stamps a body.
   *
   * @throws BadUploadException when it is no JSON or not an upload
   */
  Upload read(Kind kind, byte[] body) throws BadUploadException {
    try (Lease lease = budget.lease(Stage.UPLOADS)) {
      return read(kind, body, lease);
    }
  }

  /**
   * As {@link #read(Kind, byte[])}.
   *
   * @param lease takes what comes of it: it is closed when that is done with
   * @throws NoRoomException when there is no room for what comes of it
   */
  Upload read(Kind kind, byte[] body, Lease lease) throws BadUploadException {
    return read(kind, body, lease, clock.instant());
  }

  /**
   * Reads an upload with one item that was unreadable once more.
   *
   * @param moment when it came: an item without a clock has its time from there
   * @return its records; empty when it still is none
   */
  public List<AcceptedRecord> reread(Kind kind, byte[] upload, Instant moment) {
    try (Lease lease = budget.lease(Stage.UPLOADS)) {
      Upload read = read(kind, upload, lease, moment);
      return read.unreadable().isEmpty() ? read.records() : List.of();
    } catch (BadUploadException e) {
      return List.of();
    }
  }

  private Upload read(Kind kind, byte[] body, Lease lease, Instant moment)
      throws BadUploadException {
    return large.read(body, () -> items(kind, body, lease, moment));
  }

  private Upload items(Kind kind, byte[] body, Lease lease, Instant moment)
      throws BadUploadException {
    SentJson trees = json(kind).within(lease);
    JsonNode root = parse(kind, body, trees, lease);
    if (root.isMissingNode() || root.isNull() || (root.isContainerNode() && root.isEmpty())) {
      throw new BadUploadException(Problem.EMPTY_BODY);
    }
    ItemReader reader = reader(kind, trees, lease, moment);
    if (!root.isContainerNode() && !reader.takes(root)) {
      throw new BadUploadException(Problem.NO_CONTAINER);
    }
    ItemCollector items =
        new ItemCollector(
            kind, reader, moment, new ItemCollector.Limits(settings.maxItems(), maxRecord), lease);
    items.addRoot(root);
    return items.upload();
  }

  private SentJson json(Kind kind) {
    DefinedReader.Shape shape = defined.get(kind);
    return shape == null ? json : json.wrappedIn(shape.kind().spec().wrappedIn());
  }

  private ItemReader reader(Kind kind, SentJson trees, Lease lease, Instant moment) {
    Clocks clocks = Clocks.at(moment, settings.maxClockAhead(), settings.zone());
    DefinedReader.Shape shape = defined.get(kind);
    if (shape != null) {
      return new DefinedReader(shape, stamper, moment, settings.maxClockAhead(), lease);
    }
    HealthNormaliser health = new HealthNormaliser(stamper, trees, maxFact, lease);
    if (kind.equals(Kind.HEALTH)) {
      return new HealthReader(health, clocks);
    }
    return kind.equals(Kind.DEVICE)
        ? new DeviceReader(devices, clocks)
        : new EventReader(events, health, trees, clocks);
  }

  private static JsonNode parse(Kind kind, byte[] body, SentJson trees, Lease lease)
      throws BadUploadException {
    try {
      byte[] utf8 = Utf8.of(body);
      if (utf8 != body) {
        lease.take(utf8.length);
      }
      return kind.definition() instanceof DefinedKind ? trees.readLines(utf8) : trees.read(utf8);
    } catch (IOException e) {
      throw new BadUploadException(Problem.NOT_JSON);
    }
  }
}
