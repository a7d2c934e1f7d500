package io.crossfade.db.kind;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Kinds by code, for records that no file can describe: lines of fixed width, packed bytes, fields
 * that are computed. {@code crossfade.kinds=service:NAME} finds the provider of this name with
 * {@link java.util.ServiceLoader} in a jar of {@code -Dloader.path}, in routers, workers and the
 * reconciler alike. What its kinds are is said in the words of a kind file, so that tables, ids and
 * checks are the same; code does no more than turn what is sent into what those words read.
 *
 * <p>One instance serves all threads. It has a public constructor without parameters, and stands in
 * {@code META-INF/services/io.crossfade.db.kind.KindProvider}.
 */
public interface KindProvider {

  /** What the setting calls it: {@code [a-z][a-z0-9_-]*}. */
  String name();

  /** Its kinds, as a kind file has them; at most 1 MiB. Asked once, when a process starts. */
  String definitions();

  /**
   * Makes of an item, as it was sent, the object that the paths of the definition read. Asked
   * whenever an item is looked at, also years later when a letter is sent again, so it depends on
   * nothing but the item: no clock, no random number, no look-up. What it throws, or an answer that
   * is no object, makes a letter of this item and leaves its neighbours alone.
   *
   * @param kind name of one of {@link #definitions}
   * @param item a copy of its own: an object, or a text, number or boolean where such was sent in
   *     the place of one. Numbers keep their digits ({@code decimalValue}, and {@code asText} as
   *     they were sent). The names that the definition has under {@code wrapped-in} are not in it
   * @return an object; the item itself where there is nothing to do
   * @throws RefusedItemException when it is no record of the kind
   */
  default JsonNode read(String kind, JsonNode item) throws RefusedItemException {
    return item;
  }
}
