using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The numbers that a schema allows.</summary>
internal sealed class SandboxNumber
{
    private decimal? _least, _most;
    private bool _aboveLeast, _belowMost;
    private readonly List<decimal> _steps = [];

    public static SandboxNumber Of(SandboxFacts facts)
    {
        var range = new SandboxNumber();
        foreach (var schema in facts.All)
            range.Add(schema);
        if (facts.Type == "integer")
            range._steps.Add(1);
        return range;
    }

    public static SandboxNumber Of(JsonElement schema)
    {
        var range = new SandboxNumber();
        range.Add(schema);
        return range;
    }

    public bool Allows(decimal value) =>
        (_least is null || (_aboveLeast ? value > _least : value >= _least))
        && (_most is null || (_belowMost ? value < _most : value <= _most))
        && _steps.TrueForAll(step => value % step == 0);

    /// <summary>One plus the variant (with a half now and then, where any number will do) if that is allowed, else the next number that is.</summary>
    public decimal Pick(int variant)
    {
        var wish = 1m + variant + (_steps.Count == 0 && variant % 2 == 1 ? 0.5m : 0);
        if (Allows(wish))
            return wish;
        // Whole numbers before others: validators that divide as floating point find 34.02 to be no multiple of 0.01.
        foreach (var whole in new[] { Math.Floor(_least ?? 0) + 1 + variant, Math.Floor(_least ?? 0) + 1, Math.Ceiling(_most ?? 0) - 1 - variant })
            if (_steps.Exists(size => size % 1 != 0) && Allows(whole))
                return whole;
        var step = Step();
        if (step == 0)
            return Between(variant);
        // The multiples nearest to the lower bound (without one, to the upper), then those that follow.
        var upwards = _least is not null || _most is null;
        var start = upwards ? Math.Ceiling((_least ?? 0) / step) * step : Math.Floor(_most!.Value / step) * step;
        var direction = upwards ? step : -step;
        var first = Allows(start) ? start : start + direction;
        var varied = first + (direction * variant);
        return Allows(varied) ? varied : first;
    }

    public static string Text(decimal value) => value.ToString("G29", CultureInfo.InvariantCulture);

    private decimal Between(int variant)
    {
        if (_least is null || _most is null)
            return _least is { } low ? low + 1 + variant : (_most ?? 0) - 1 - variant;
        var inside = _least.Value + ((_most.Value - _least.Value) / (2 + variant));
        return Allows(inside) ? inside : _least.Value;
    }

    /// <summary>The least common multiple of all steps; 0 when any number will do.</summary>
    private decimal Step()
    {
        var common = 0m;
        foreach (var step in _steps)
        {
            var (one, other) = (common, step);
            while (other != 0)
                (one, other) = (other, one % other);
            common = common == 0 ? step : common / one * step;
        }
        return common;
    }

    private void Add(JsonElement schema)
    {
        Lower(Bound(schema, "minimum"), schema.Is("exclusiveMinimum"));
        Lower(Bound(schema, "exclusiveMinimum"), true);
        Upper(Bound(schema, "maximum"), schema.Is("exclusiveMaximum"));
        Upper(Bound(schema, "exclusiveMaximum"), true);
        if (Bound(schema, "multipleOf") is > 0 and { } step)
            _steps.Add(step);
    }

    private void Lower(decimal? bound, bool exclusive)
    {
        if (bound is null || bound < _least || (bound == _least && !exclusive))
            return;
        (_least, _aboveLeast) = (bound, exclusive);
    }

    private void Upper(decimal? bound, bool exclusive)
    {
        if (bound is null || bound > _most || (bound == _most && !exclusive))
            return;
        (_most, _belowMost) = (bound, exclusive);
    }

    /// <summary>Bounds outside of decimal's range (8e28) are left out of account.</summary>
    private static decimal? Bound(JsonElement schema, string name) =>
        schema.Get(name) is { ValueKind: JsonValueKind.Number } bound && bound.TryGetDecimal(out var number) ? number : null;
}
