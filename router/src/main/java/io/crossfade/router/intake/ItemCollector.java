package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.RecordWeight;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Letter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one body comes to. An object may wrap others under {@code data}, in a list or not, as deep
 * as it likes; whatever stands there becomes a record or a letter, and so does an object that wraps
 * and measures both.
 */
final class ItemCollector implements ItemReader.Taken {

  /** What a letter takes beside its body, bytes. */
  private static final int LETTER = 256;

  /** Its body, once more as a parameter, and as a packet. */
  private static final int FORMS_OF_A_LETTER = 3;

  /**
   * What an upload may hold.
   *
   * @param items at most, and as many that come beside them
   * @param recordBytes of a record, its facts aside
   */
  record Limits(int items, long recordBytes) {}

  private final Kind kind;
  private final ItemReader reader;
  private final Instant moment;
  private final Limits limits;
  private final Lease lease;

  private final List<AcceptedRecord> records = new ArrayList<>();
  private final List<Letter> letters = new ArrayList<>();
  private final List<UnreadableReason> reasons = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final Set<RecordId> seen = new HashSet<>();
  private final Surroundings surroundings;
  private boolean list;
  private int items;
  private int beside;
  private int repeats;
  private int failed;

  /**
   * @param moment when the upload was accepted
   * @param lease takes what the records and the letters take
   */
  ItemCollector(Kind kind, ItemReader reader, Instant moment, Limits limits, Lease lease) {
    this.kind = kind;
    this.reader = reader;
    this.surroundings = reader.surroundings();
    this.moment = moment;
    this.limits = limits;
    this.lease = lease;
  }

  Upload upload() {
    return new Upload(
        records,
        letters,
        reasons,
        troubles,
        list || items > 1,
        new Upload.Items(items - repeats - failed, repeats, failed));
  }

  /**
   * Reads a whole body.
   *
   * @throws BadUploadException when it has more items than it may
   */
  void addRoot(JsonNode root) throws BadUploadException {
    Item item = new Item(root, List.of());
    if (root.isObject() && isEmptyBatch(item)) {
      list = true;
      return;
    }
    addAll(item);
  }

  /** {@code {"data": []}}: a device that had nothing to send. */
  private boolean isEmptyBatch(Item root) {
    return reader.wrappedIn().stream().map(root.node()::get).anyMatch(ItemCollector::isEmptyList)
        && !reader.names(root)
        && !reader.reports(root);
  }

  private static boolean isEmptyList(@Nullable JsonNode under) {
    return under != null && under.isArray() && under.isEmpty();
  }

  private void addAll(Item some) throws BadUploadException {
    if (!isList(some.node())) {
      add(some);
      return;
    }
    list = true;
    for (JsonNode node : some.node()) {
      addAll(new Item(node, some.around()));
    }
  }

  /** A list of items, which may be lists; an empty one among items is none of them. */
  static boolean isList(JsonNode node) {
    return node.isArray() && !node.isEmpty();
  }

  private void add(Item item) throws BadUploadException {
    JsonNode under = item.node().isObject() ? wrapped(item) : null;
    if (under != null) {
      addAll(item.inner(under));
    }
    if (under == null || reader.reports(item)) {
      addOne(item);
    }
  }

  /** What an object wraps, if it does. */
  private @Nullable JsonNode wrapped(Item item) {
    return reader.isItem(item) ? null : reader.wrappedBy(item.node());
  }

  private void addOne(Item item) throws BadUploadException {
    if (++items > limits.items()) {
      throw new BadUploadException(Problem.TOO_MANY_ITEMS, limits.items());
    }
    try {
      if (!reader.takes(item.node())) {
        throw new UnreadableItemException(UnreadableReason.NOT_AN_OBJECT);
      }
      reader.read(item, this);
    } catch (UnreadableItemException e) {
      failed++;
      keep(item, e.reason(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void accept(AcceptedRecord item) throws UnreadableItemException {
    add(item);
    if (!seen.add(item.acceptance().id())) {
      repeats++;
    }
  }

  @Override
  public void beside(AcceptedRecord item) throws UnreadableItemException, BadUploadException {
    if (++beside > limits.items()) {
      throw new BadUploadException(Problem.TOO_MANY_ITEMS, limits.items());
    }
    add(item);
  }

  private void add(AcceptedRecord item) throws UnreadableItemException {
    long texts = RecordWeight.texts(item);
    if (texts > limits.recordBytes()) {
      throw new UnreadableItemException(UnreadableReason.RECORD_TOO_LARGE);
    }
    lease.take(RecordWeight.of(item, texts));
    records.add(item);
  }

  @Override
  public void keep(Item item, UnreadableReason reason) {
    keep(item, reason, reason.name());
  }

  /**
   * @param trouble the reason in full
   */
  private void keep(Item item, UnreadableReason reason, String trouble) {
    byte[] body = Utf8.ofJson(surroundings.of(item).toString());
    lease.take(LETTER + (long) body.length * FORMS_OF_A_LETTER);
    reasons.add(reason);
    troubles.add(trouble);
    letters.add(
        Letter.unreadable(
                DeadLetters.Source.INTAKE, kind, trouble, 1, DeadLetters.BodyFormat.JSON, body)
            .at(moment));
  }
}
