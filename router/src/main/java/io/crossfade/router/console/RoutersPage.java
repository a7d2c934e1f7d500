package io.crossfade.router.console;

import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.operator.SettingsController;
import io.crossfade.router.rollout.RouterController;
import io.crossfade.router.rollout.RouterController.ForgetRequest;
import io.crossfade.router.rollout.RouterController.KnownRouter;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /console/routers}: which there are, and what this one goes by. */
@Controller
@RequestMapping("/console/routers")
final class RoutersPage {

  private final RouterController api;
  private final SettingsController settings;

  RoutersPage(RouterController api, SettingsController settings) {
    this.api = api;
    this.settings = settings;
  }

  @GetMapping
  String page(Model model) {
    List<KnownRouter> routers = api.routers();
    model.addAttribute("routers", routers);
    model.addAttribute("silent", routers.stream().filter(KnownRouter::silent).toList());
    model.addAttribute("settings", settings.settings());
    return "console/routers";
  }

  @PostMapping("/forgotten")
  String forget(
      @RequestParam String instance,
      @RequestParam(required = false) @Nullable String reason,
      Principal actor)
      throws RefusedException {
    api.forget(new ForgetRequest(instance, reason), actor);
    return "redirect:/console/routers";
  }
}
