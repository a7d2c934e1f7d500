package io.crossfade.db;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Where the device was.
 *
 * @param latitude degrees, scale 6
 * @param longitude degrees, scale 6
 * @param altitude metres
 */
public record Position(
    @Nullable BigDecimal latitude, @Nullable BigDecimal longitude, @Nullable Double altitude) {

  public static final Position UNKNOWN = new Position(null, null, null);
}
