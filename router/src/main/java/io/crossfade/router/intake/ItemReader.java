package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.AcceptedRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the items of one kind. */
interface ItemReader {

  /** Takes what becomes of an item. */
  interface Taken {

    /**
     * The record that an item is.
     *
     * @throws UnreadableItemException when it is larger than a record may be
     */
    void accept(AcceptedRecord item) throws UnreadableItemException;

    /**
     * A record that came with an item. As {@link #accept}, but it is no item of its own.
     *
     * @throws BadUploadException when more have come beside items than items may come
     */
    void beside(AcceptedRecord item) throws UnreadableItemException, BadUploadException;

    /** A part of an item that is none. */
    void keep(Item item, UnreadableReason reason);
  }

  /** Names under which an object has others, in the order in which they count. */
  List<String> wrappedIn();

  /** What an item is kept with when it becomes no record. */
  Surroundings surroundings();

  /** Whether something that stands in the place of an item may be one. */
  default boolean takes(JsonNode node) {
    return node.isObject();
  }

  /** Whether an object is an item whatever stands under the names that others are wrapped in. */
  default boolean isItem(Item item) {
    return false;
  }

  /** Whether an object says itself what only an item says. */
  boolean reports(Item item);

  /** Whether an object names whose items are in it. */
  boolean names(Item item);

  /**
   * Makes records of an item, which it {@link #takes}.
   *
   * @throws UnreadableItemException when it is none
   * @throws BadUploadException when more comes of it than may come of an upload
   */
  void read(Item item, Taken taken) throws UnreadableItemException, BadUploadException;

  /** What an object wraps, if it does. */
  default @Nullable JsonNode wrappedBy(JsonNode object) {
    for (String name : wrappedIn()) {
      JsonNode under = object.get(name);
      if (!Values.isEmpty(under) && !(under.isContainerNode() && under.isEmpty())) {
        return under;
      }
    }
    return null;
  }
}
