package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeviceBucket;
import io.crossfade.db.SampleRecords;
import io.crossfade.stream.StreamLayouts.ReadUpTo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StreamLayoutTest {

  @Test
  void partitionsAreRangesOfBucketsOfOneSize() {
    for (int partitions : new int[] {1, 2, 3, 7, 16, 100, 4_096}) {
      StreamLayout layout = new StreamLayout(partitions);
      TreeMap<Integer, Integer> partitionOf = new TreeMap<>();
      for (int device = 0; device < 100_000; device++) {
        partitionOf.put(DeviceBucket.of("SN-" + device), layout.partition("SN-" + device));
      }
      assertThat(partitionOf).as("every bucket has a device").hasSize(DeviceBucket.ALL);
      assertThat(List.copyOf(partitionOf.values()))
          .isSorted()
          .startsWith(0)
          .endsWith(partitions - 1);
      for (int partition = 0; partition < partitions; partition++) {
        assertThat(Collections.frequency(partitionOf.values(), partition))
            .isBetween(DeviceBucket.ALL / partitions, DeviceBucket.ALL / partitions + 1);
      }
    }
  }

  @Test
  void urgentAndOrdinaryRecordsOfADeviceShareTheBraces() {
    StreamLayout layout = new StreamLayout(16);
    AcceptedRecord urgent = SampleRecords.event("SN-5", 1, true);
    AcceptedRecord ordinary = SampleRecords.event("SN-5", 1, false);
    String number = "%02d".formatted(layout.partition("SN-5"));
    assertThat(layout.of(urgent).key()).isEqualTo("urgent_event_stream:{" + number + "}");
    assertThat(layout.of(ordinary).key()).isEqualTo("common_event_stream:{" + number + "}");
    assertThat(layout.of(ordinary).ofWhole()).isEqualTo(StreamName.EVENT);
    assertThat(layout.of(StreamName.HEALTH).get(7).key()).isEqualTo("health_data_stream:{07}");
    assertThat(new StreamLayout(1).of(ordinary)).isEqualTo(StreamName.EVENT);
  }

  @Test
  void wholeStreamsComeBeforePartitionsAndThoseByTheirNumbers() {
    List<StreamName> ordered = new ArrayList<>();
    for (StreamName whole : StreamName.values()) {
      ordered.add(whole);
      ordered.addAll(new StreamLayout(101).of(whole));
    }
    List<StreamName> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(1));
    Collections.sort(shuffled);
    assertThat(shuffled).isEqualTo(ordered);
  }

  @Test
  void aReadAsksPartitionsForSharesOfABatch() {
    List<ReadUpTo> one =
        List.of(new ReadUpTo(StreamName.URGENT, null), new ReadUpTo(StreamName.EVENT, null));
    assertThat(AdaptiveBatch.each(500, Integer.MAX_VALUE, one)).isEqualTo(500);
    assertThat(AdaptiveBatch.each(500, 1, one)).isEqualTo(500);
    List<ReadUpTo> many =
        new StreamLayout(50)
            .of(StreamName.HEALTH).stream().map(stream -> new ReadUpTo(stream, null)).toList();
    assertThat(AdaptiveBatch.each(500, Integer.MAX_VALUE, many)).isEqualTo(10);
    assertThat(AdaptiveBatch.each(500, 50, many)).isEqualTo(10);
    assertThat(AdaptiveBatch.each(500, 25, many)).isEqualTo(20);
    assertThat(AdaptiveBatch.each(500, 1, many)).as("all may be full").isEqualTo(40);
    assertThat(AdaptiveBatch.each(3, 50, many)).isEqualTo(1);
  }
}
