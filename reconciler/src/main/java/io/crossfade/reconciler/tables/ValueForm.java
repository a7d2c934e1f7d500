package io.crossfade.reconciler.tables;

import java.util.Arrays;

/** When two values of a pair of columns are the same, though their bytes may not be. */
interface ValueForm {

  /** The bytes say it. */
  ValueForm BYTES = value -> value;

  /** A form that equal values share; the value itself where it cannot be understood. */
  byte[] of(byte[] value);

  /** Whether they are the same; neither is NULL. */
  default boolean same(byte[] left, byte[] right) {
    return Arrays.equals(left, right) || Arrays.equals(of(left), of(right));
  }

  /** Whether values of equal bytes are the same, which need not be asked then. */
  default boolean bytesSuffice() {
    return true;
  }

  /** Whether {@link #of} is the same for all equal values, so that rows may be told apart by it. */
  default boolean isCanonical() {
    return true;
  }

  /** Of which only two values together can be asked: equal ones share no bytes. */
  interface OfPairs extends ValueForm {

    @Override
    default byte[] of(byte[] value) {
      return value;
    }

    @Override
    boolean same(byte[] left, byte[] right);

    @Override
    default boolean isCanonical() {
      return false;
    }
  }
}
