package io.crossfade.router.operator;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/settings}: what the router that answers goes by. */
@RestController
@RequestMapping("/api/settings")
public final class SettingsController {

  private final SettingsInForce settings;

  SettingsController(SettingsInForce settings) {
    this.settings = settings;
  }

  /** All of them by name; nothing that looks like a secret is shown. */
  @GetMapping
  public List<Setting> settings() {
    return settings.all();
  }
}
