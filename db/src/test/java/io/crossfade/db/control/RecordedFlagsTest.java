package io.crossfade.db.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.control.RecordedFlags.Devices;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordedFlagsTest {

  private static final RecordedFlags FLAGS =
      new RecordedFlags(
          new Devices(1_250, Set.of("W1"), Set.of("W2"), Set.of(7L), Set.of(8L)), true, false);

  @Test
  void isReadAsItWasWritten() {
    assertThat(RecordedFlags.parse(FLAGS.json(), false)).isEqualTo(FLAGS);
  }

  @Test
  void isWrittenAsEveryReleaseWroteIt() {
    assertThat(FLAGS.json())
        .isEqualTo(
            "{\"cohort\":{\"basisPoints\":1250,\"allowDevices\":[\"W1\"],\"denyDevices\":[\"W2\"],"
                + "\"allowCustomers\":[7],\"denyCustomers\":[8]},\"dualWrite\":true}");
  }

  @Test
  void partThatCannotBeReadLeavesTheOther() {
    assertThat(RecordedFlags.parse("{\"cohort\":{\"share\":3},\"dualWrite\":false}", true))
        .isEqualTo(new RecordedFlags(null, false, true));
    assertThat(RecordedFlags.parse("{\"dualWrite\":true}", true))
        .isEqualTo(new RecordedFlags(null, true, true));
    assertThat(RecordedFlags.parse(FLAGS.json().replace("true", "\"maybe\""), false))
        .isEqualTo(new RecordedFlags(FLAGS.devices(), null, false));
  }

  @Test
  void flagsThatSayMoreAreNotTakenForWhole() {
    RecordedFlags more =
        RecordedFlags.parse(FLAGS.json().replace("true}", "true,\"until\":\"noon\"}"), true);
    assertThat(more.whole()).isEmpty();
    assertThat(more.dualWrite()).isTrue();
  }

  @Test
  void whatIsNoJsonSaysNothing() {
    assertThat(RecordedFlags.parse("{\"cohort\":", true))
        .isEqualTo(new RecordedFlags(null, null, true));
    assertThat(RecordedFlags.parse("", false)).isEqualTo(new RecordedFlags(null, null, false));
    assertThat(RecordedFlags.parse("null", true).whole()).isEmpty();
  }
}
