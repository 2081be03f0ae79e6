"""Words of news texts, Persian and English, by what they tell of a figure beside them."""

from __future__ import annotations

from sebghat import letters


def _words(text: str) -> frozenset[str]:
    return frozenset(letters.key(word.replace("_", " ")) for word in text.split())


# Between a platform and its figure, whichever comes first.
GLUE = _words(
    """با به در از را که و نیز هم نیز است بود دارای حدود تعداد شمار رقم آمار کاربر کاربران کاربرانش مخاطبان اعضای
    اعضا عضو فعال ماهانه ماهیانه روزانه رسید رسیده رسیدن دارد داشت داشته میزبان پیام_رسان پیامرسان رسان پیام
    شبکه اجتماعی سکوی پلتفرم اپلیکیشن برنامه سهم معادل برابر توانست توانسته بومی داخلی ایرانی پلاس نصب پس سپس
    ثبت_نامی آن اکنون هم_اکنون حالا امروز کنون تا_کنون بیش مردم پاسخگویان ایرانیان استفاده می_کنند بوده تنها فقط
    حاضر حال اول دوم سوم رتبه جایگاه has had have with at of is was stands stood reached reaches reported now
    the a its users user active monthly daily registered members messenger app platform by used and also hit
    hits count base currently counts counted""",
)
AHEAD_GLUE = _words(  # between a figure and the platform behind it
    """از در کاربر کاربران عضو اعضای مردم ایرانیان نیز هم پیام_رسان پیامرسان رسان پیام شبکه اجتماعی سکوی پلتفرم
    اپلیکیشن برنامه برای فعال ماهانه روزانه نفر پاسخگویان پاسخ_دهندگان ایرانی تنها فقط بومی داخلی of on in use
    using used users people the for from messenger app iranians respondents said they adults to belong"""
)
SIGNS = frozenset("«»\"“”():-–—'")
NEXT = _words(  # what may follow a number whose noun is not said
    """و قرار است بود شد رسید رسیده رسیدند اعلام عنوان ذکر برآورد دارد دارند داشت داشتند می_رسد میرسد بوده شده
    گزارش کاربر هستند در از به با که تخمین گذشت گذشته عبور فراتر روزانه ماهانه این تا نیز هم برای را خبر and in
    on as according for to by of while with compared monthly at when respectively is was daily from after a per"""
)
NOT_PEOPLE = _words(  # what makes people of a figure none of a messenger's
    """جمعیت اینترنت موبایل تلفن همراه کانال کانال_ها کانال_های گروه_های صفحه صفحات گروه گروه_ها بیننده دنبال_کننده
    دنبالکننده فالوور هیئت هیات خانوار اشتغال شاغل بیکار دانشگاه تومان ریال دلار یورو پیام_ها پیامها تماس
    تماس_ها بازدید دانلود نسخه ترافیک بایت پهنای سرور تراکنش فروشگاه کسب مدرسه پرداخت حساب_بانکی اعتبار بودجه
    internet population mobile phone channel channels followers viewers subscriptions dollars rials tomans
    downloads""",
)
NEW = _words("جدید تازه_وارد تازه new more additional extra newly")
MOVES = _words("افزایش رشد کاهش اضافه بیشتر کمتر افزوده ریزش fewer")
GROWTH = _words(
    """رشد افزایش کاهش جذب ریزش افزوده اضافه افت جهش ورود خروج مهاجرت افزایشی کاهشی by added adding gained gaining
    lost losing growth increase rise grew rose fell drop another""",
)
TO = _words("به to")
WAS = _words("از from")  # before a number alone: of so many, or from so many
PASSED = _words("passed crossed exceeded surpassed topped passes")  # "passed 3 billion"
SAME = _words("میزان رقم تعداد عدد figure number")  # «این رقم برای ایتا …»
THIS = _words("این this that the")
THEN = _words("همین همان same")  # «در همین ماه»
PASSES = _words("گذشت گذشته گذشتند عبور فراتر رد")  # «از ۳۰ میلیون گذشت»
TOGETHER = _words(
    """مجموع مجموعا جمعا جمع کل همه سایر دیگر رقیب رقبا کشور جهان_سایر total combined together altogether other
    others"""
)
PRONOUNS = (
    "این میزان", "این رقم", "این تعداد", "این عدد",
    "این پیام رسان", "این پیامرسان", "این سکو", "این پلتفرم", "این شبکه", "این برنامه", "این اپلیکیشن", "آن",
    "the app", "the messenger", "the platform", "the company", "the network", "it", "its",
)  # fmt: skip
SUBGROUPS = _words(
    """زنان مردان جوانان نوجوانان دختران پسران روستایی شهری تهرانی تهرانی_ها دانشجویان متاهل مجرد سالمندان ساکنان
    کارکنان women men young aged students rural urban female male""",
)
POLLS = _words(
    """ایسپا نظرسنجی افکارسنجی پیمایش پاسخگویان پاسخگو پاسخ_دهندگان نظرسنجی_ها آمارگیری ispa poll survey polled
    respondents surveyed""",
)
NO_SHARES = _words(
    """ترافیک رشد افزایش کاهش پهنای باند بازار تماس درآمد کیفیت فیلتر فیلترشکن وی_پی_ان اختلال سرعت فروش اینترنت
    traffic growth market revenue bandwidth vpn internet sales""",
)
METRICS = {
    **dict.fromkeys(_words("ماهانه ماهیانه monthly mau"), "mau"),
    **dict.fromkeys(_words("روزانه daily dau"), "dau"),
    **dict.fromkeys(_words("""ثبت_نامی ثبت_نام ثبتنام عضو اعضا اعضای عضویت registered members member"""), "registered"),
    **dict.fromkeys(_words("نصب installs install installations installed"), "installs"),
}
PEOPLE = _words(
    """کاربر کاربران کاربرانش کاربرها نفر عضو اعضا اعضای مخاطب مخاطبان مشترک مشترکان مردم user users people members
    accounts iranians""",
)
SOME = _words("""معلم معلمان فرهنگی فرهنگیان دانشجو دانشجویان معلمین students teachers""")
WORLD = _words("جهان جهانی دنیا سراسر_جهان worldwide global globally world")
IRAN = _words("ایران ایرانی ایرانیان کشور iran iranian iranians")
IN_ORDER = ("به ترتیب", "بترتیب", "respectively")
PAST = _words("پیشتر قبلا پیش_تر قبل سابق previously formerly before")
EVERYDAY_COMPANY = _words(
    """از در با به ماهانه روزانه کاربران کاربر پیام_رسان پیامرسان رسان سکوی پلتفرم شبکه اپلیکیشن برنامه برای های on
    of in and messenger for app at""",
)

# Who says so: the source's key, and the names that news give it; the longest name counts.
SOURCES = {
    "mcit": "وزیر ارتباطات|وزارت ارتباطات|معاون وزیر ارتباطات|ict minister|minister of ict|ministry of ict"
    "|communications minister|deputy ict minister|ict ministry",
    "ispa": "ایسپا|مرکز افکارسنجی دانشجویان|مرکز افکارسنجی دانشجویان ایران|ispa|iranian students polling agency",
    "ito": "سازمان فناوری اطلاعات|سازمان فناوری اطلاعات ایران|it organization|information technology organization",
    "ncc": "مرکز ملی فضای مجازی|شورای عالی فضای مجازی|national centre of cyberspace|national center of cyberspace",
    "sci": "مرکز آمار|مرکز آمار ایران|statistical center of iran|statistical centre of iran",
    "ricac": "پژوهشگاه فرهنگ هنر و ارتباطات|پژوهشگاه فرهنگ، هنر و ارتباطات",
    "csri": "پژوهشگاه فضای مجازی",
    "ditaak": "دیتاک|ditaak|datak",
    "beta": "مرکز پژوهشی بتا",
    "moe": "وزارت آموزش و پرورش|وزیر آموزش و پرورش|ministry of education",
    "datareportal": "دیتاریپورتال|datareportal",
    "statista": "استاتیستا|statista",
    "telegram": "دورف|پاول دورف|مدیرعامل تلگرام|durov|pavel durov",
    "meta": "مارک زاکربرگ|زاکربرگ|zuckerberg|meta",
    "soroush": "مدیرعامل سروش پلاس|روابط عمومی سروش پلاس",
    "rubika": "مدیرعامل روبیکا|روابط عمومی روبیکا",
    "igap": "مدیرعامل آی گپ|مدیرعامل آی‌گپ|head of igap",
    "yektanet": "یکتانت",
}
SOURCE_NAMES = {letters.key(name): key for key, names in SOURCES.items() for name in names.split("|")}
LONGEST_SOURCE = 6  # words

# «ایتا از تلگرام پیشی گرفت»; what makes such a sentence no claim that it happened.
OVERTAKES = _words(
    """پیشی سبقت جلو جلوتر پیش_افتاد پیش_افتاده پشت عبور overtook overtaken surpassed surpasses overtakes passed
    outpaced ahead"""
)
FELL, AHEAD = _words("افتاد افتاده افتادند"), "پیش"  # «پیش افتاد»
AFTER = _words("پس بعد پیش قبل")  # «پس از تلگرام»: no «از» of who is left behind
BEHIND_OF = _words("پشت overtook surpassed surpasses overtakes passed outpaced")
UNCERTAIN = _words(
    """آیا نگرفته نگرفت نزده نزد نیفتاده نیست خواهد خواهند حال ممکن شاید احتمال اگر می_تواند بتواند برنامه هدف تلاش
    قصد امید نمی_تواند نتوانسته نتوانست آستانه نزدیک رقابت پیش_بینی not no may might could would will if whether
    about expected aims yet never""",
)
JOINED = _words("شدند پیوستند پیوسته پیوست پیوسته_اند ترک joined signed left")
GIVEN = _words("داد دادند داده داده_اند")  # «از دست داد»
NOW = _words("اکنون هم_اکنون امروز حالا now currently today")
USE = _words("استفاده بهره کار use using used")
# In a line with one of these a date is the figures' own.
DATA = _words(
    """تصریح اظهار خبرنگاران می_گفت سخن بیان آمار گزارش نظرسنجی پیمایش کاربران پیام_رسان پیام_رسان_ها پیام_رسان_های
    پرمخاطب_ترین مخاطبان گفت اعلام افزود منتشر نشست survey poll figures reported said announced conducted users
    report published""",
)
COMPARED = _words("نسبت مقایسه compared versus against than")
CONDUCTED = _words("""انجام برگزار اجرا گردآوری conducted fielded carried held survey""")
SPEAKERS = _words(
    """مدیرعامل مدیر سخنگوی سخنگو عمومی کانال گزارش وبلاگ صفحه رییس رئیس بنیانگذار موسس نقل خبرگزاری ceo founder
    head spokesman spokesperson blog channel""",
)
LINKS = frozenset({"با", "به", "در", "از", "حدود", "with", "at", "by", "in"})  # within a list
LIST = frozenset({"و", "and", "،", ",", "همچنین", "نیز"})
PASSIVE = _words("توسط by")
USED_BY = _words("used followed visited")
ASIDE = _words("""برخلاف جز بجز فیلتر فیلترینگ مسدودسازی رفع_فیلتر unlike besides except""")
TALKS = _words("گفت_وگو گفتگو مصاحبه وگو interview")
WRITES = _words("نوشت نوشته wrote posted")
USERS = _words("کاربر کاربران user users")
