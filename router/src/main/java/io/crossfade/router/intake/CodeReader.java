package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.kind.KindProvider;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RefusedItemException;
import io.crossfade.db.process.FatalErrors;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the code of a kind make of an item what its definition reads. Whatever that code does
 * instead is the end of this item alone.
 */
final class CodeReader {

  private static final Logger log = LoggerFactory.getLogger(CodeReader.class);

  /** Failures that are told apart in the log; each is there once. */
  private static final int MOST_FAILURES = 100;

  private static final int FRAMES = 4;

  /** What a tree takes of the heap, of the text that it is of. */
  private static final int TREE = 16;

  /**
   * What code made of an item.
   *
   * @param room that it takes
   */
  record Made(Item item, Lease room) implements AutoCloseable {
    @Override
    public void close() {
      room.close();
    }
  }

  private final KindProvider provider;
  private final KindSpec spec;
  private final CodeCalls calls;
  private final int deepest;
  private final long most;
  private final Set<String> failures = ConcurrentHashMap.newKeySet();

  /**
   * @param deepest nesting of what it makes
   * @param maxBody bytes of an upload: no more than one as large is made of an item
   */
  CodeReader(KindProvider provider, KindSpec spec, CodeCalls calls, int deepest, long maxBody) {
    this.provider = provider;
    this.spec = spec;
    this.calls = calls;
    this.deepest = deepest;
    this.most = maxBody * TREE;
  }

  /** Whether something that stands in the place of an item may be one. */
  static boolean takes(JsonNode node) {
    return node.isObject() || node.isTextual() || node.isNumber() || node.isBoolean();
  }

  /** The time that the code of an upload may take. */
  CodeCalls.Left perUpload() {
    return calls.perUpload();
  }

  /**
   * What the definition reads.
   *
   * @param left to the code of this upload
   * @param lease of whose budget it takes its room
   * @throws UnreadableItemException when the code refuses the item or fails
   * @throws NoRoomException when there is no room, or no thread
   */
  Made read(Item item, CodeCalls.Left left, Lease lease) throws UnreadableItemException {
    Lease room = lease.another();
    boolean kept = false;
    try {
      // Its own item has passed the limits already.
      JsonNode own =
          new TreeCopy(Integer.MAX_VALUE, Long.MAX_VALUE, room)
              .without(item.node(), spec.wrappedIn());
      TreeCopy copy = new TreeCopy(deepest, most, room);
      JsonNode made = calls.call(() -> made(own, copy), left, room);
      kept = true;
      return new Made(new Item(made, item.around()), room);
    } catch (TimeoutException e) {
      kept = true;
      throw failed(e);
    } catch (TreeCopy.UnusableException e) {
      throw failed(e);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } finally {
      if (!kept) {
        room.close();
      }
    }
  }

  private JsonNode made(JsonNode own, TreeCopy copy)
      throws RefusedItemException, TreeCopy.UnusableException {
    @Nullable JsonNode made = provider.read(spec.name(), own);
    if (made == null || !made.isObject()) {
      throw new TreeCopy.UnusableException(
          UnreadableReason.CODE_FAILED, made == null ? "NULL" : "NOT_AN_OBJECT");
    }
    return copy.of(made);
  }

  private UnreadableItemException failed(@Nullable Throwable why) {
    FatalErrors.endIfFatal(why);
    return switch (why) {
      case NoRoomException noRoom -> throw noRoom;
      case RefusedItemException refused ->
          new UnreadableItemException(UnreadableReason.ITEM_REFUSED, refused.getMessage());
      case TreeCopy.UnusableException unusable -> {
        say(unusable.reason().name(), String.valueOf(unusable.getMessage()));
        yield new UnreadableItemException(unusable.reason(), unusable.getMessage());
      }
      case null -> new UnreadableItemException(UnreadableReason.CODE_FAILED);
      default -> {
        String type = why.getClass().getSimpleName();
        say(type, place(why));
        yield new UnreadableItemException(UnreadableReason.CODE_FAILED, type);
      }
    };
  }

  /** Once each: what was sent may stand in a message, and does not go into the log. */
  private void say(String what, String where) {
    if (failures.size() < MOST_FAILURES && failures.add(what + where)) {
      log.warn(
          "{}, which reads {}, fails: {} {}; such items are dead letters. This is said once",
          provider.getClass().getName(),
          spec.name(),
          what,
          where);
    }
  }

  private static String place(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .limit(FRAMES)
        .map(frame -> "at " + frame)
        .collect(Collectors.joining(" "));
  }
}
