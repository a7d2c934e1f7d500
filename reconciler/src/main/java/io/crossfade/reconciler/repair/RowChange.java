package io.crossfade.reconciler.repair;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.util.List;

/**
 * What a repair would do to a row: health data.
 *
 * @param difference how the outputs differ in it now
 * @param from the output that is right
 * @param to the output that is changed
 * @param columns those that change, with both values; none when the whole row is brought over
 * @param statement of SQL, with its semicolon
 */
public record RowChange(
    String table,
    RecordId id,
    String deviceSn,
    DifferenceClass difference,
    DeliveryPath from,
    DeliveryPath to,
    List<Difference.Field> columns,
    String statement) {}
