package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.budget.Stage;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentJsonTest {

  private static final int MOST_NESTING = 32;

  /** Of 2 MB, 600,000 parts: each is weighed before it is made. */
  @Test
  void partsThatThereIsNoRoomForAreNotMade() {
    String parts = "[],".repeat(600_000) + "[]";
    byte[] body =
        ("[".repeat(MOST_NESTING) + parts + "]".repeat(MOST_NESTING))
            .getBytes(StandardCharsets.UTF_8);
    ByteBudget budget = new ByteBudget(16 << 20);
    SentJson json = new SentJson(MOST_NESTING, budget.lease(Stage.UPLOADS));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> json.read(body)).isInstanceOf(NoRoomException.class);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 * budget.limit());
  }

  @Test
  void ofItemsUnderOneNameTwiceBothCount() throws Exception {
    SentJson json = new SentJson(MOST_NESTING, ByteBudget.unlimited().lease(Stage.UPLOADS));
    assertThat(json.wrappedIn(List.of("rows")).read(bytes("{'rows':[1],'rows':2,'rows':[[3]]}")))
        .hasToString("{\"rows\":[1,2,[3]]}");
    assertThat(json.wrappedIn(List.of("rows")).read(bytes("{'data':[1],'data':2}")))
        .hasToString("{\"data\":2}");
    assertThat(json.read(bytes("{'data':[1],'data':'','data':{'data':3,'data':4}}")))
        .hasToString("{\"data\":[1,{\"data\":[3,4]}]}");
  }

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
