package io.crossfade.router.console;

import io.crossfade.db.CohortRows;
import io.crossfade.db.Kind;
import io.crossfade.db.process.Loops;
import io.crossfade.router.overview.LiveFigures;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.Stream;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.AbstractMessageSource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.i18n.CookieLocaleResolver;
import org.springframework.web.servlet.i18n.LocaleChangeInterceptor;
import org.thymeleaf.ITemplateEngine;

/** Everything under {@code /console}. Who may see it is said in the operator package. */
@Configuration(proxyBeanMethods = false)
@Import({
  AuditPage.class,
  ConsoleAdvice.class,
  LoginPage.class,
  OverviewPage.class,
  RolloutPage.class,
  DifferencesPage.class,
  DeadLettersPage.class,
  DevicePage.class,
  HistoryPage.class,
  ReportsPage.class,
  RoutersPage.class,
  RulesPage.class,
  StreamsPage.class
})
public class ConsoleConfiguration implements WebMvcConfigurer {

  private static final Duration A_DAY = Duration.ofDays(1);

  /**
   * Kinds, and whom their percentages select, have a name that a file gives them: it counts where
   * the words have none.
   *
   * @param words of all languages
   */
  ConsoleConfiguration(MessageSource words) {
    Properties names = new Properties();
    for (Kind kind : Kind.values()) {
      CohortRows rows = kind.definition().cohortRows();
      names.setProperty("kind." + kind.label(), kind.label());
      Stream.of(rows.cohort(), rows.tenant() == null ? rows.cohort() : rows.tenant())
          .forEach(who -> names.setProperty("who." + who, who));
    }
    ((AbstractMessageSource) words).setCommonMessages(names);
  }

  @Bean
  LiveFeed liveFeed(
      LiveFigures figures, ITemplateEngine templateEngine, MessageSource words, Loops loops) {
    return new LiveFeed(figures, templateEngine, words, loops);
  }

  /** The chosen language, or the browser's. */
  @Bean
  LocaleResolver localeResolver() {
    CookieLocaleResolver resolver = new CookieLocaleResolver("crossfade-language");
    resolver.setCookiePath("/console");
    resolver.setCookieHttpOnly(true);
    resolver.setCookieSameSite("Lax");
    return resolver;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    LocaleChangeInterceptor choice = new LocaleChangeInterceptor();
    choice.setParamName("lang");
    choice.setIgnoreInvalidLocale(true);
    registry.addInterceptor(choice).addPathPatterns("/console/**");
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/console/assets/**")
        .addResourceLocations(
            "classpath:/crossfade/console/assets/",
            "classpath:/META-INF/resources/webjars/htmx.org/",
            "classpath:/META-INF/resources/webjars/htmx-ext-sse/",
            "classpath:/META-INF/resources/webjars/uplot/")
        .setCacheControl(CacheControl.maxAge(A_DAY).cachePrivate());
  }
}
