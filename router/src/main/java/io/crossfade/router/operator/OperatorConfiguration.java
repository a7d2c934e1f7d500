package io.crossfade.router.operator;

import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.AuditLog;
import io.crossfade.router.operator.OperatorSettings.Role;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.DefaultAuthenticationEventPublisher;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.annotation.web.configurers.RequestCacheConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.XorCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Stands before the operator API and the console: uploads do not pass a security filter. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableConfigurationProperties(OperatorSettings.class)
@Import({
  OperatorProblems.class,
  RouteProblems.class,
  FormBinding.class,
  AuditController.class,
  ApiController.class,
  SettingsInForce.class,
  SettingsController.class
})
public class OperatorConfiguration {

  private static final Logger log = LoggerFactory.getLogger(OperatorConfiguration.class);
  private static final int PASSWORD_BYTES = 18;

  /** Everything comes from here, and no script or style stands in a page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
          + " 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'self'";

  /** The one script that stands in a page of Togglz 4.5: it shows the parameters of a strategy. */
  private static final String TOGGLZ_SCRIPT =
      "'sha256-BUxxDlQHd9KRFVq/Agmap1eHN3rEJVlhw/sVJWma000='";

  @Bean
  PasswordEncoder passwordEncoder() {
    return new BCryptPasswordEncoder();
  }

  @Bean
  Operators operators(OperatorSettings settings, PasswordEncoder encoder) {
    List<UserDetails> users = new ArrayList<>();
    settings
        .users()
        .forEach((name, user) -> users.add(details(name, user.password(), user.role())));
    if (users.isEmpty()) {
      byte[] random = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(random);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      users.add(details("operator", encoder.encode(password), Role.OPERATOR));
      log.warn(
          "No crossfade.operator.users are set: until the next start, user operator has the"
              + " password {}",
          password);
    }
    return new Operators(users);
  }

  @Bean
  PasswordDoor passwordDoor(
      Operators operators,
      PasswordEncoder encoder,
      OperatorSettings settings,
      InstantSource clock,
      MeterRegistry meters) {
    return new PasswordDoor(
        operators,
        encoder,
        new LoginThrottle(settings.loginFailures(), settings.loginWait(), clock),
        new KnownLogins(clock),
        meters);
  }

  @Bean
  AuthenticationManager logins(PasswordDoor door, ApplicationEventPublisher events) {
    ProviderManager logins = new ProviderManager(door);
    logins.setAuthenticationEventPublisher(new DefaultAuthenticationEventPublisher(events));
    return logins;
  }

  @Bean
  LoginAudit loginAudit(AuditLog audit, Operators operators, InstantSource clock) {
    return new LoginAudit(audit, operators, clock);
  }

  /** Without any, an address is the one that a connection comes from. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> proxies(OperatorSettings settings) {
    return factory -> {
      if (!settings.trustedProxies().isEmpty()) {
        factory.addEngineValves(new TrustedProxies(settings.trustedProxies()));
      }
    };
  }

  /**
   * Where a server leads what has failed. Whoever asks for it himself has failed at nothing, and
   * would be told of a fault of ours.
   */
  @Bean
  FilterRegistrationBean<Filter> pageOfFailuresIsForServers() {
    FilterRegistrationBean<Filter> filter =
        new FilterRegistrationBean<>(
            (request, response, chain) ->
                ((HttpServletResponse) response).sendError(HttpServletResponse.SC_NOT_FOUND));
    filter.setUrlPatterns(List.of("/error"));
    filter.setDispatcherTypes(DispatcherType.REQUEST);
    return filter;
  }

  /** JSON over Basic, without a session: there is no cookie that another site could ride on. */
  @Bean
  SecurityFilterChain operatorApi(
      HttpSecurity http, AuthenticationManager logins, ByteBudget budget) throws Exception {
    return http.securityMatcher(path("/api/**"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(HttpMethod.GET)
                    .hasAnyRole(Role.VIEWER.name(), Role.OPERATOR.name())
                    .anyRequest()
                    .hasRole(Role.OPERATOR.name()))
        .authenticationManager(logins)
        .httpBasic(basic -> basic.authenticationEntryPoint(LoginAnswers::ofTheApi))
        .exceptionHandling(
            refused ->
                refused
                    .authenticationEntryPoint(LoginAnswers::ofTheApi)
                    .accessDeniedHandler(LoginAnswers::ofTheApi))
        .addFilterBefore(new ForeignRequests(true), CsrfFilter.class)
        .addFilterAfter(
            new OperatorBodies(budget, OperatorBodies.MOST_OF_THE_API), AuthorizationFilter.class)
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  /**
   * Pages with a session once somebody is in: whatever changes something brings the token of the
   * browser's cookie, the login too, and comes from a page of ours.
   */
  @Bean
  SecurityFilterChain console(HttpSecurity http, AuthenticationManager logins, ByteBudget budget)
      throws Exception {
    return http.securityMatcher(path("/console/**"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(path(LoginAnswers.LOGIN), path("/console/assets/**"))
                    .permitAll()
                    .requestMatchers(HttpMethod.GET)
                    .hasAnyRole(Role.VIEWER.name(), Role.OPERATOR.name())
                    .anyRequest()
                    .hasRole(Role.OPERATOR.name()))
        .authenticationManager(logins)
        .formLogin(
            login ->
                login
                    .loginPage(LoginAnswers.LOGIN)
                    .successHandler(new LoginAnswers.Success())
                    .failureHandler(LoginAnswers::ofTheForm))
        .exceptionHandling(
            refused -> refused.authenticationEntryPoint(new LoginAnswers.EntryPoint()))
        .logout(
            logout ->
                logout
                    .logoutUrl("/console/logout")
                    .logoutSuccessUrl(LoginAnswers.LOGIN + "?goodbye"))
        .addFilterBefore(new ForeignRequests(false), CsrfFilter.class)
        .addFilterBefore(
            new OperatorBodies(budget, OperatorBodies.MOST_OF_A_FORM), CsrfFilter.class)
        .csrf(
            csrf ->
                csrf.csrfTokenRepository(tokens()).csrfTokenRequestHandler(tokensBeforeThePage()))
        .requestCache(RequestCacheConfigurer::disable)
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(policy -> policy.policyDirectives(POLICY))
                    .frameOptions(HeadersConfigurer.FrameOptionsConfig::sameOrigin)
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                    .permissionsPolicyHeader(
                        permissions ->
                            permissions.policy("camera=(), geolocation=(), microphone=()")))
        .build();
  }

  /** Togglz' own pages, in the session of the console; their forms have tokens of their own. */
  @Bean
  SecurityFilterChain togglzPages(HttpSecurity http, ByteBudget budget) throws Exception {
    return http.securityMatcher(path("/togglz-console/**"))
        .authorizeHttpRequests(requests -> requests.anyRequest().hasRole(Role.OPERATOR.name()))
        .exceptionHandling(
            refused -> refused.authenticationEntryPoint(new LoginAnswers.EntryPoint()))
        .requestCache(RequestCacheConfigurer::disable)
        .addFilterBefore(new ForeignRequests(false), CsrfFilter.class)
        .addFilterBefore(
            new OperatorBodies(budget, OperatorBodies.MOST_OF_A_FORM), CsrfFilter.class)
        .csrf(AbstractHttpConfigurer::disable)
        .headers(
            headers ->
                headers.contentSecurityPolicy(
                    policy ->
                        policy.policyDirectives(
                            POLICY
                                .replace("script-src 'self'", "script-src 'self' " + TOGGLZ_SCRIPT)
                                // Its jQuery writes styles into elements.
                                .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"))))
        .build();
  }

  @Bean
  DelegatingFilterProxyRegistrationBean operatorFilter() {
    var filter = new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
    filter.addUrlPatterns("/api", "/api/*", "/console/*", "/togglz-console/*");
    return filter;
  }

  /**
   * Of the whole path: a plain string is a path of the dispatcher, and would let everybody pass to
   * the servlet of Togglz.
   */
  private static RequestMatcher path(String pattern) {
    return PathPatternRequestMatcher.withDefaults().matcher(pattern);
  }

  /** In a cookie, so that whoever only looks at the form needs no session. */
  private static CookieCsrfTokenRepository tokens() {
    CookieCsrfTokenRepository tokens = new CookieCsrfTokenRepository();
    tokens.setCookieName("CROSSFADE-TOKEN");
    tokens.setCookiePath("/console");
    tokens.setCookieCustomizer(cookie -> cookie.httpOnly(true).sameSite("Lax"));
    return tokens;
  }

  /** A page may be on its way already when its form is written, too late for a cookie. */
  private static XorCsrfTokenRequestAttributeHandler tokensBeforeThePage() {
    XorCsrfTokenRequestAttributeHandler handler = new XorCsrfTokenRequestAttributeHandler();
    handler.setCsrfRequestAttributeName(null);
    return handler;
  }

  private static UserDetails details(String name, String hash, Role role) {
    return User.withUsername(name).password(hash).roles(role.name()).build();
  }
}
