using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// The tokens that credentials were exchanged for (<see cref="TokenExchange"/>). Each is used until a fifth of its life is left, or five minutes of a long one; then the next is
/// asked for, once for all calls that wait. One that cannot be renewed is used until its very end.
/// </summary>
internal sealed class TokenExchanger(TimeProvider clock)
{
    private const int MostBytes = 1 << 16;

    /// <summary>Whoever hands out tokens does so in a second; the calls' own limits end their waits before.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    /// <summary>How long a token is used of which nothing says how long it lasts.</summary>
    private static readonly TimeSpan _unsaid = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<TokenOrder, Slot> _slots = new();

    /// <summary>The token for an order: the one that is held, or a new one.</summary>
    /// <param name="order">What is exchanged.</param>
    /// <param name="client">Sends.</param>
    /// <param name="target">Who is asked with the token, for errors.</param>
    /// <param name="cancellationToken">Ends this call's wait, not the exchange: others wait for it too.</param>
    /// <exception cref="LlmException">There is no token.</exception>
    public async ValueTask<string> GetAsync(TokenOrder order, HttpClient client, Target target, CancellationToken cancellationToken)
    {
        var slot = _slots.GetOrAdd(order, static _ => new());
        Task<Outcome> running;
        lock (slot)
        {
            if (slot.Held is { } held && clock.GetUtcNow() < held.RenewAt) return held.Value;
            running = slot.Running ??= Task.Run(() => RenewAsync(slot, order, client), CancellationToken.None);
        }
        var outcome = await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        return outcome.Token?.Value ?? throw outcome.Fault!(target);
    }

    /// <summary>A token was refused: the next call asks for another one.</summary>
    public void Forget(TokenOrder order)
    {
        if (!_slots.TryGetValue(order, out var slot)) return;
        lock (slot) slot.Held = null;
    }

    private async Task<Outcome> RenewAsync(Slot slot, TokenOrder order, HttpClient client)
    {
        Outcome outcome;
        try
        {
            outcome = await AskAsync(order, client).ConfigureAwait(false);
        }
        catch
        {
            // What a handler of the caller's own raises is those calls' that wait; the next one asks again.
            lock (slot) slot.Running = null;
            throw;
        }
        lock (slot)
        {
            slot.Running = null;
            if (outcome.Token is { } token) slot.Held = token;
            else if (slot.Held is { } old && clock.GetUtcNow() < old.EndsAt) return new(old, null);
        }
        return outcome;
    }

    private async Task<Outcome> AskAsync(TokenOrder order, HttpClient client)
    {
        var place = order.Url.Host;
        try
        {
            using var limit = new CancellationTokenSource(_limit, clock);
            using var request = new HttpRequestMessage(HttpMethod.Post, order.Url) { Content = new StringContent(order.Form, Encoding.UTF8, "application/x-www-form-urlencoded") };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (order.Basic is { } basic) request.Headers.Authorization = new("Basic", basic);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            using var body = new PooledBuffer();
            var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                while (body.Length < MostBytes && await stream.ReadAsync(body.GetMemory(), limit.Token).ConfigureAwait(false) is > 0 and var count) body.Advance(count);
            }
            if (response.IsSuccessStatusCode && Read(body.WrittenMemory) is { } token) return new(token, null);
            var (status, bytes, headers) = ((int)response.StatusCode, body.WrittenSpan.ToArray(), response.Headers.ToDictionary(static header => header.Key, static header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
            return new(null, target => Refusal(place, new(status, bytes, new ReplyHeaders(headers)), target));
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            var why = e is OperationCanceledException ? "no reply in time" : (e.GetBaseException().Message).ReplaceLineEndings(" ");
            return new(null, target => new ApiConnectionException($"{target.Provider.Name}: no token from {place}: {Redaction.Redact(why, target.Secrets)}", e) { Provider = target.Provider.Name, Model = target.Model, NothingWasSent = true });
        }
    }

    /// <summary>The token in a reply; null where there is none. IBM tells its end beside its life, in Unix seconds.</summary>
    private Token? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("access_token"u8, out var text) || text.ValueKind != JsonValueKind.String || text.GetString() is not { Length: > 0 } token || token.AsSpan().ContainsAnyExceptInRange('!', '~')) return null;
            var now = clock.GetUtcNow();
            var life = Seconds(root, "expires_in") is { } told ? TimeSpan.FromSeconds(told) : Seconds(root, "expiration") is { } end ? DateTimeOffset.FromUnixTimeSeconds((long)end) - now : _unsaid;
            if (life < TimeSpan.Zero) life = TimeSpan.Zero;
            var rest = life / 5 < _longest ? life / 5 : _longest;
            return new(token, now + life - rest, now + life);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A number of seconds within some years, be it written as text; null where there is none.</summary>
    private static double? Seconds(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && (value.ValueKind == JsonValueKind.Number ? value.TryGetDouble(out var number) : double.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : null, System.Globalization.CultureInfo.InvariantCulture, out number)) && number is >= 0 and < 1e11 ? number : null;

    private LlmException Refusal(string place, HttpReply reply, Target target)
    {
        var (name, model) = (target.Provider.Name, target.Model);
        if (reply.Status is >= 200 and < 300) return new ServerException($"{name}: {place} answered without a token") { Provider = name, Model = model, Status = HttpStatusCode.BadGateway };
        var error = Errors.Classify(new(reply.Status, reply.Body, reply.Headers, name, model, clock.GetUtcNow()) { Secrets = target.Secrets });
        if (error.IsRetriable()) return error;
        // IBM says 400 of a key that it does not know.
        var said = error.Message.StartsWith(name + ": ", StringComparison.Ordinal) ? error.Message[(name.Length + 2)..] : error.Message;
        return new AuthenticationException($"{name}: {place} gave no token for the {(target.Order?.Basic is null ? "key" : "client's secret")}: {said}") { Provider = name, Model = model, Status = error.Status, Code = error.Code, Type = error.Type, RequestId = error.RequestId, Body = error.Body };
    }

    private sealed class Slot
    {
        public Token? Held { get; set; }

        public Task<Outcome>? Running { get; set; }
    }

    private sealed record Token(string Value, DateTimeOffset RenewAt, DateTimeOffset EndsAt);

    /// <summary>What came of an exchange; each of those who wait gets an error of its own.</summary>
    private sealed record Outcome(Token? Token, Func<Target, LlmException>? Fault);
}
