package io.crossfade.db.kind;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of record as a file defines it. What {@link KindFile} returns is whole and without
 * contradiction: every name in it is that of a field that is there.
 *
 * @param name {@code [a-z][a-z0-9_]{0,15}}, as in metrics, settings, flags and streams
 * @param code 16 to 255, in entries, journals and keys of letters: permanent, never used again
 * @param endpoint path of its uploads, for example {@code /upload_orders}
 * @param wrappedIn names under which an object of an upload wraps items
 * @param fields of a record, in the order of the file: only ever appended to
 * @param identity names of the fields that tell records apart, which every record has; the time is
 *     not among them
 * @param identityWithTime whether the time tells records apart besides
 * @param time name of an instant field, not before 1970; {@code null} when a record's time is the
 *     moment of its acceptance, which is then no part of its identity. A record without a value has
 *     the moment of acceptance too, which only happens where the time is no part of the identity
 * @param cohort name of the field, a text or an integer, whose value decides whom a percentage
 *     selects; every record has one
 * @param tenant name of an integer field, by which allow and deny lists select besides
 * @param priority which records go ahead of the others
 * @param tables the first has a row per record; all have the columns of identity, time and cohort
 */
public record KindSpec(
    String name,
    int code,
    String endpoint,
    List<String> wrappedIn,
    List<FieldSpec> fields,
    List<String> identity,
    boolean identityWithTime,
    @Nullable String time,
    String cohort,
    @Nullable String tenant,
    @Nullable Priority priority,
    QueueSpec queue,
    List<TableSpec> tables) {

  /** Lower codes are of kinds that are built in. */
  public static final int FIRST_CODE = 16;

  public static final int LAST_CODE = 255;

  public KindSpec {
    wrappedIn = List.copyOf(wrappedIn);
    fields = List.copyOf(fields);
    identity = List.copyOf(identity);
    tables = List.copyOf(tables);
  }

  /**
   * Where in {@link #fields()} a field stands.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public int indexOf(String field) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(field)) {
        return i;
      }
    }
    throw new IllegalArgumentException("Kind " + name + " has no field " + field);
  }

  /**
   * A field by its name.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public FieldSpec field(String field) {
    return fields.get(indexOf(field));
  }
}
