package io.crossfade.db.kind;

import java.util.List;

/**
 * Which records go ahead of the others.
 *
 * @param field name of a text, choice, integer or boolean field
 * @param values a record with one of these goes ahead; of the Java type of the field
 */
public record Priority(String field, List<Object> values) {

  public Priority {
    values = List.copyOf(values);
  }
}
